import { endedStates, type CancelVerdict, type ListReply, type RetryVerdict } from '@goplate/queue-core'
import { fault, readThenWrite, type Fault } from './fault.ts'
import { cancelsWholeLease } from './of-settle.ts'

export const administrationFaults: readonly Fault[] = [
  fault('cancel/waiting-ends-at-once', 'overlooks jobs that are not due', (right, database) => ({
    cancel: async (request) => {
      const overlooked = database.run(request, ({ waiting }, now) =>
        request.ids.filter((id) => (waiting.get(id)?.availableAt ?? 0) > now),
      )
      const verdicts = await right.cancel({ ...request, ids: request.ids.filter((id) => !overlooked.includes(id)) })
      const rest = [...verdicts]
      return request.ids.map((id) => (overlooked.includes(id) ? 'ended' : rest.shift()!))
    },
  })),
  fault('cancel/waiting-ends-at-once', 'looks where the job is, and cancels it there later', (_right, database) => ({
    cancel: (request) => readThenWrite(database, (driver) => driver.cancel(request)),
  })),
  fault('cancel/waiting-ends-at-once', 'takes no reason for an empty one', (right) => ({
    cancel: (request) => right.cancel({ ...request, reason: request.reason ?? '' }),
  })),
  fault('cancel/running-is-asked', 'marks the whole lease', cancelsWholeLease),
  fault('cancel/running-is-asked', 'moves a running job', (right, database) => ({
    cancel: async (request) => {
      const claims = database.run(request, ({ leases }) =>
        [...leases.values()].flatMap(({ id, entries }) =>
          entries
            .filter(({ jobId }) => request.ids.includes(jobId))
            .map(({ position, jobId, epoch }) => ({ leaseId: id, position, jobId, epoch })),
        ),
      )
      const verdicts = await right.cancel(request)
      const settlements = claims.map((claim) => ({ claim, outcome: 'cancelled', waitMs: 0, durationMs: 0 }) as const)
      await right.settle({ worker: 'operator', settlements, ...(request.now && { now: request.now }) })
      return verdicts
    },
  })),
  fault('cancel/ended-stays', 'says that it cancelled what had ended', (right) => ({
    cancel: async (request) => (await right.cancel(request)).map(cancelledAnyway),
  })),
  fault('retry/reopens-with-new-budgets', 'goes on with the attempts used', (right, database) => ({
    retry: async (request) => {
      const verdicts = await right.retry(request)
      database.run(request, ({ waiting, outcomes }) => {
        for (const [index, id] of request.ids.entries()) {
          const row = waiting.get(id)
          const attempt = outcomes.get(id)?.at(-1)?.attempt ?? 0
          if (row !== undefined && verdicts[index] === 'retried') waiting.set(id, { ...row, attempt })
        }
      })
      return verdicts
    },
  })),
  fault('retry/reopens-with-new-budgets', 'forgets the history', (right, database) => ({
    retry: async (request) => {
      const verdicts = await right.retry(request)
      database.run(request, ({ outcomes, waiting }) => {
        for (const id of request.ids) {
          const row = waiting.get(id)
          if (row === undefined) continue
          outcomes.delete(id)
          waiting.set(id, { ...row, epoch: 0 })
        }
      })
      return verdicts
    },
  })),
  fault('retry/reopens-with-new-budgets', 'lets the claim that ended it end it again', (right, database) => ({
    settle: async (request) => {
      const verdicts = await right.settle(request)
      return verdicts.map((verdict, index) => {
        const { jobId, epoch } = request.settlements[index]!.claim
        const waits = database.run(request, ({ waiting }) => waiting.get(jobId))
        return verdict === 'repeated' && waits?.epoch === epoch && waits.attempt === 0 ? 'applied' : verdict
      })
    },
  })),
  fault('retry/one-of-two-wins', 'reads the state first and reopens later', (_right, database) => ({
    retry: (request) => readThenWrite(database, (driver) => driver.retry(request)),
  })),
  fault('retry/only-from-states-asked', 'reopens whatever has ended', (right) => ({
    retry: (request) => right.retry({ ...request, from: endedStates }),
  })),
  fault('retry/clears-a-past-expiry', 'keeps the expiry', (right, database) => ({
    retry: async (request) => {
      const { jobs } = database.snapshot().ledger
      const verdicts = await right.retry(request)
      database.run(request, (ledger) => (ledger.jobs = jobs))
      return verdicts
    },
  })),
  fault('retry/clears-a-past-expiry', 'takes every expiry away', (right, database) => ({
    retry: async (request) => {
      const verdicts = await right.retry(request)
      database.run(request, ({ jobs }) => {
        for (const [index, id] of request.ids.entries()) {
          const job = jobs.get(id)
          if (job === undefined || verdicts[index] !== 'retried') continue
          const { expiresAt: _expiresAt, ...record } = job.record
          jobs.set(id, { ...job, record })
        }
      })
      return verdicts
    },
  })),
  fault('retry/held-key-is-a-conflict', 'reopens a job although another holds its key', (right, database) => ({
    retry: (request) => {
      database.run(request, ({ keys }) => keys.clear())
      return right.retry(request)
    },
  })),
  fault('retry/held-key-is-a-conflict', 'looks for held keys once, at the start of a call', (right, database) => ({
    retry: async (request) => {
      const held = database.run(request, ({ keys }) => [...keys])
      const verdicts: RetryVerdict[] = []
      for (const id of request.ids) {
        database.run(request, (ledger) => void (ledger.keys = new Map(held)))
        verdicts.push(...(await right.retry({ ...request, ids: [id] })))
      }
      return verdicts
    },
  })),
  fault('find/history-tells-every-epoch', 'leaves an empty history out', (right) => ({
    find: async (request) =>
      (await right.find(request)).map(({ history, ...job }) => (history?.length ? { ...job, history } : job)),
  })),
  fault('find/history-tells-every-epoch', 'keeps the last outcome only', (right) => ({
    find: async (request) =>
      (await right.find(request)).map((job) => (job.history ? { ...job, history: job.history.slice(-1) } : job)),
  })),
  fault('list/newest-first-without-gaps', 'pages by offset', (right) => ({
    list: async (request): Promise<ListReply> => {
      const start = Number(request.after ?? 0)
      const end = start + request.limit
      const { jobs } = await right.list({ filter: request.filter, limit: 1000 })
      return { jobs: jobs.slice(start, end), ...(jobs.length > end && { next: String(end) }) }
    },
  })),
  fault('list/newest-first-without-gaps', 'filters a page and takes a short one for the last', (right) => ({
    list: async (request): Promise<ListReply> => {
      const page = await right.list({ ...request, filter: {} })
      const { queues } = request.filter
      const jobs = page.jobs.filter(({ queue }) => queues?.includes(queue) ?? true)
      return jobs.length < request.limit ? { jobs } : { ...page, jobs }
    },
  })),
  fault('list/filters', 'does not look at types', (right) => ({
    list: (request) => {
      const { types: _types, ...filter } = request.filter
      return right.list({ ...request, filter })
    },
  })),
  fault('count/by-queue-and-state', 'overlooks running jobs', (right) => ({
    count: async (request) => (await right.count(request)).filter(({ state }) => state !== 'running'),
  })),
  fault('count/by-queue-and-state', 'takes every pending job for due', (right) => ({
    count: async (request) =>
      (await right.count(request)).map((group) =>
        group.due === undefined ? group : { ...group, due: { ...group.due, count: group.count } },
      ),
  })),
  fault('prune/only-old-and-ended', 'keeps failed jobs no longer than finished ones', (right) => ({
    prune: (request) => {
      const { finishedMs: failedMs, ...times } = request.retention
      const retention = failedMs === undefined ? times : { ...times, finishedMs: failedMs, failedMs }
      return right.prune({ ...request, retention })
    },
  })),
  fault('prune/only-old-and-ended', 'goes by the time of dispatch', (right, database) => ({
    prune: (request) => {
      database.run(request, ({ outcomes, jobs }) => {
        for (const [id, history] of outcomes) {
          const endedAt = jobs.get(id)!.createdAt
          outcomes.set(
            id,
            history.map((outcome) => ({ ...outcome, endedAt })),
          )
        }
      })
      return right.prune(request)
    },
  })),
  fault('prune/only-old-and-ended', 'counts what another pruner removes as its own', (_right, database) => ({
    prune: (request) => readThenWrite(database, (driver) => driver.prune(request)),
  })),
  fault('prune/only-old-and-ended', 'takes a job that was reopened for ended', (right, database) => ({
    prune: (request) => {
      database.run(request, ({ waiting, outcomes, jobs }) => {
        for (const id of waiting.keys()) {
          if (outcomes.get(id)?.at(-1)?.outcome !== 'failed') continue
          for (const place of [waiting, outcomes, jobs]) place.delete(id)
        }
      })
      return right.prune(request)
    },
  })),
  fault('prune/by-type', 'merges the times of a type into the general ones', (right) => ({
    prune: (request) => {
      const { types = {}, ...general } = request.retention
      const merged = Object.entries(types).map(([type, times]) => [type, { ...general, ...times }])
      return right.prune({ ...request, retention: { ...general, types: Object.fromEntries(merged) as typeof types } })
    },
  })),
  fault('prune/walks-in-steps', 'ends the walk after its first step', (right) => ({
    prune: async (request) => ({ removed: (await right.prune(request)).removed }),
  })),
  fault('prune/walks-in-steps', 'does everything in one step', (right) => ({
    prune: (request) => right.prune({ ...request, limit: 1_000_000 }),
  })),
  fault('remove/only-ended', 'removes waiting jobs as well', (right, database) => ({
    remove: async (request) => {
      const waiting = database.run(request, (ledger) => request.ids.filter((id) => ledger.waiting.has(id)))
      await right.cancel({ ...request, ids: waiting })
      return right.remove(request)
    },
  })),
]

function cancelledAnyway(verdict: CancelVerdict): CancelVerdict {
  return verdict === 'ended' ? 'cancelled' : verdict
}
