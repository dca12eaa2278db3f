import { fault, letOthersAct, readThenWrite, type Fault } from './fault.ts'
import { forgetCancel } from './of-settle.ts'

export const leaseFaults: readonly Fault[] = [
  fault('extend/moves-the-end', 'says that it extends', (right) => ({
    extend: (request) => right.extend({ ...request, leaseMs: 1 }),
  })),
  fault('extend/moves-the-end', 'does not extend what has expired', (right, database) => ({
    extend: (request) => {
      const leases = database.run(request, (ledger, now) =>
        request.leases.filter((id) => (ledger.leases.get(id)?.until ?? 0) >= now),
      )
      return right.extend({ ...request, leases })
    },
  })),
  fault('extend/missing-is-lost', 'answers that every lease is held', (right) => ({
    extend: async (request) => {
      const { held } = await right.extend(request)
      const cancelled = new Map(held.map((lease) => [lease.leaseId, lease.cancelled]))
      return { held: request.leases.map((leaseId) => ({ leaseId, cancelled: cancelled.get(leaseId) ?? [] })) }
    },
  })),
  fault('extend/exact-leases', 'extends everything the worker holds', (right, database) => ({
    extend: async (request) => {
      const all = database.run(request, ({ leases }) => [...leases.keys()])
      const { held } = await right.extend({ ...request, leases: all })
      return { held: held.filter(({ leaseId }) => request.leases.includes(leaseId)) }
    },
  })),
  fault('extend/tells-cancelled', 'does not tell of cancels', (right) => ({
    extend: async (request) => {
      const { held } = await right.extend(request)
      return { held: held.map((lease) => ({ ...lease, cancelled: [] })) }
    },
  })),
  fault('reap/needs-two-sightings', 'takes away what it sees for the first time', (right) => ({
    reap: async (request) => {
      const { expired } = await right.reap(request)
      const { reaped } = await right.reap({ ...request, confirmed: expired })
      return { expired, reaped }
    },
  })),
  fault('reap/needs-two-sightings', 'goes by the lease id, though it was extended since', (right) => ({
    reap: async (request) => {
      const { expired } = await right.reap({ ...request, confirmed: [] })
      const named = new Set(request.confirmed.map(({ leaseId }) => leaseId))
      return right.reap({ ...request, confirmed: expired.filter(({ leaseId }) => named.has(leaseId)) })
    },
  })),
  fault('reap/gives-the-attempt-back', 'counts a crash as an attempt', (right, database) => ({
    reap: async (request) => {
      const reply = await right.reap(request)
      database.run(request, ({ waiting }) => {
        for (const { jobId } of reply.reaped) {
          const row = waiting.get(jobId)
          if (row !== undefined) waiting.set(jobId, { ...row, attempt: row.attempt + 1 })
        }
      })
      return reply
    },
  })),
  fault('reap/gives-the-attempt-back', 'discards types it does not know', (right, database) => ({
    reap: async (request) => {
      const reply = await right.reap(request)
      const unknown = reply.reaped.filter(({ type }) => type !== 'alpha' && type !== 'beta').map(({ jobId }) => jobId)
      database.run(request, ({ waiting, jobs, outcomes }) => {
        for (const id of unknown) for (const place of [waiting, jobs, outcomes]) place.delete(id)
      })
      return reply
    },
  })),
  fault('reap/gives-the-attempt-back', 'tells of one job of a lease only', (right) => ({
    reap: async (request) => {
      const reply = await right.reap(request)
      return { ...reply, reaped: reply.reaped.slice(0, 1) }
    },
  })),
  fault('reap/crash-budget', 'does not count crashes', (right, database) => ({
    reap: async (request) => {
      const reply = await right.reap(request)
      database.run(request, ({ waiting }) => {
        for (const { jobId, crashes } of reply.reaped) {
          const row = waiting.get(jobId)
          if (row !== undefined) waiting.set(jobId, { ...row, crashes: Math.min(1, crashes) })
        }
      })
      return reply
    },
  })),
  fault('reap/crash-budget', 'lets every job survive one crash', (right) => ({
    dispatch: (request) => {
      const jobs = request.jobs.map((job) => ({ ...job, maxCrashes: Math.max(1, job.maxCrashes) }))
      return right.dispatch({ ...request, jobs })
    },
  })),
  fault('reap/cancel-asked-ends-it', 'forgets that cancel was asked', (right, database) => ({
    reap: (request) => {
      forgetCancel(database)
      return right.reap(request)
    },
  })),
  fault('reap/settled-jobs-stay', 'reads the lease first and moves its jobs later', (_right, database) => ({
    reap: (request) => readThenWrite(database, (driver) => driver.reap(request)),
  })),
  fault('reap/settled-jobs-stay', 'counts a crash of everything the lease ever held', (right, database) => ({
    reap: async (request) => {
      const reply = await right.reap(request)
      const named = new Set(request.confirmed.map(({ leaseId }) => leaseId))
      database.run(request, ({ outcomes }) => {
        for (const [id, history] of outcomes) {
          const settled = history.at(-1)!
          if (!named.has(settled.settledBy?.leaseId ?? '')) continue
          outcomes.set(id, [...history.slice(0, -1), { ...settled, crashes: settled.crashes + 1 }])
        }
      })
      return reply
    },
  })),
  fault('reap/settled-jobs-stay', 'lets each of two reapers count a crash', (right, database) => ({
    reap: async (request) => {
      const before = database.snapshot()
      await letOthersAct()
      const named = new Set(request.confirmed.map(({ leaseId }) => leaseId))
      database.run(request, ({ leases }) => {
        for (const [id, lease] of before.ledger.leases) if (named.has(id)) leases.set(id, lease)
      })
      return right.reap(request)
    },
  })),
]
