import { fault, type Fault } from './fault.ts'

/** Defects of what keeps or ends jobs that wait: pauses and expiry. */
export const waitingFaults: readonly Fault[] = [
  fault('pause/stops-claims', 'claims of paused queues', (right) => ({
    pausing: { ...right.pausing!, pause: async () => undefined },
  })),
  fault('pause/stops-claims', 'takes a type for a queue', (right) => ({
    pausing: {
      ...right.pausing!,
      pause: (request) => right.pausing!.pause({ ...request, kind: 'queue' }),
    },
  })),
  fault('pause/running-goes-on', 'gives up the leases of what is paused', (right) => ({
    extend: async (request) => {
      const paused = await right.pausing!.paused(request)
      return paused.length > 0 ? { held: [] } : right.extend(request)
    },
  })),
  fault('pause/ends', 'pauses for ever', (right) => ({
    pausing: {
      ...right.pausing!,
      pause: ({ forMs: _forMs, ...request }) => right.pausing!.pause(request),
    },
  })),
  fault('pause/ends', 'says of every resume that there was a pause', (right) => ({
    pausing: {
      ...right.pausing!,
      resume: async (request) => {
        await right.pausing!.resume(request)
        return true
      },
    },
  })),
  fault('pause/again-replaces', 'begins a pause anew when its reason changes', (right) => ({
    pausing: {
      ...right.pausing!,
      pause: async (request) => {
        await right.pausing!.resume(request)
        await right.pausing!.pause(request)
      },
    },
  })),
  fault('pause/again-replaces', 'keeps the first pause', (right) => ({
    pausing: {
      ...right.pausing!,
      pause: async (request) => {
        const paused = await right.pausing!.paused({ ...(request.now !== undefined && { now: request.now }) })
        if (!paused.some(({ kind, name }) => kind === request.kind && name === request.name))
          await right.pausing!.pause(request)
      },
    },
  })),

  fault('expire/ends-what-waits', 'cancels instead of failing', (right) => ({
    expiry: {
      expire: async (request) => {
        const expired = await right.expiry!.expire(request)
        const time = request.now === undefined ? {} : { now: request.now }
        const ids = expired.map(({ jobId }) => jobId)
        await right.retry({ ids, from: ['failed'], ...time })
        await right.cancel({ ids, reason: 'expired', ...time })
        return expired
      },
    },
  })),
  fault('expire/ends-what-waits', 'overlooks delayed jobs', (right, database) => ({
    expiry: {
      expire: async (request) => {
        const before = database.snapshot()
        const expired = await right.expiry!.expire(request)
        const late = (at: number): boolean => at > (request.now ?? 0)
        const overlooked = [...before.ledger.waiting.values()].some((row) => late(row.availableAt))
        if (!overlooked) return expired
        database.restore(before)
        return []
      },
    },
  })),
  fault('expire/never-early', 'expires a second early', (right) => ({
    expiry: {
      expire: (request) =>
        right.expiry!.expire(request.now === undefined ? request : { ...request, now: request.now + 1_000 }),
    },
  })),
  fault('expire/leaves-what-runs', 'no longer watches a job that ran once', (right) => {
    const ran = new Set<string>()
    return {
      claim: async (request) => {
        const reply = await right.claim(request)
        for (const { claim } of reply.jobs) ran.add(claim.jobId)
        return reply
      },
      expiry: {
        expire: async (request) => (await right.expiry!.expire(request)).filter(({ jobId }) => !ran.has(jobId)),
      },
    }
  }),
  fault('expire/frees-the-key', 'leaves the key with the expired job', (right, database) => ({
    expiry: {
      expire: async (request) => {
        const { keys } = database.snapshot().ledger
        const expired = await right.expiry!.expire(request)
        database.run({}, (ledger) => (ledger.keys = keys))
        return expired
      },
    },
  })),
  fault('expire/keeps-its-limit', 'expires everything at once', (right) => ({
    expiry: { expire: (request) => right.expiry!.expire({ ...request, limit: 1_000_000 }) },
  })),
]
