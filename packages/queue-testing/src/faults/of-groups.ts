import { TransactionError, type DriverWakeups } from '@goplate/queue-core'
import { fault, letOthersAct, rollbackFault, type Fault } from './fault.ts'

/** Defects of the driver as a whole and of what it may lack. */
export const groupFaults: readonly Fault[] = [
  rollbackFault('dispatch/transaction-is-all-or-nothing', 'dispatches outside of the transaction it should join', {
    transactions: 'nothing',
    savepoints: 'all',
  }),
  fault('dispatch/transaction-is-all-or-nothing', 'always says that a dispatch would join a transaction', (right) => ({
    transactions: { ...right.transactions!, joins: () => true },
  })),
  fault('dispatch/transaction-is-all-or-nothing', 'says that no dispatch would join a transaction', (right) => ({
    transactions: { ...right.transactions!, joins: () => false },
  })),
  fault('dispatch/transaction-is-all-or-nothing', 'takes every dispatch for committed', (right) => ({
    transactions: { ...right.transactions!, wasCommitted: async () => true },
  })),
  rollbackFault('dispatch/savepoint-drops-only-its-own', 'keeps what a savepoint should drop', {
    transactions: 'all',
    savepoints: 'nothing',
  }),
  rollbackFault('dispatch/savepoint-drops-only-its-own', 'drops the whole transaction with a savepoint', {
    transactions: 'all',
    savepoints: 'the whole transaction',
  }),
  fault('dispatch/conflict-keeps-the-transaction-usable', 'leaves the transaction broken by a held key', (right) => {
    const broken = new WeakSet<object>()
    return {
      dispatch: async (request) => {
        const { transaction } = request.caller
        if (transaction !== undefined && broken.has(transaction))
          throw new TransactionError('the transaction is broken')
        const reply = await right.dispatch(request)
        if (transaction !== undefined && !reply.stored) broken.add(transaction)
        return reply
      },
    }
  }),
  fault('wakeups/after-commit', 'tells before the commit', (_right, database) => ({
    wakeups: { fromOtherProcesses: false, subscribe: (listener) => database.subscribe(listener) },
  })),
  fault('wakeups/after-commit', 'tells of delayed jobs', (right) => {
    const told = new Set<Parameters<DriverWakeups['subscribe']>[0]>()
    return {
      dispatch: async (request) => {
        const reply = await right.dispatch(request)
        for (const listener of told) listener(request.jobs.map(({ queue }) => queue))
        return reply
      },
      wakeups: {
        fromOtherProcesses: false,
        subscribe: (listener) => {
          const end = right.wakeups!.subscribe(listener)
          told.add(listener)
          return () => {
            told.delete(listener)
            end()
          }
        },
      },
    }
  }),
  fault('wakeups/after-commit', 'goes on telling a listener that has ended', (right) => ({
    wakeups: {
      fromOtherProcesses: false,
      subscribe: (listener) => {
        right.wakeups!.subscribe(listener)
        return () => undefined
      },
    },
  })),
  fault('wakeups/from-other-processes', 'hears of its own dispatches only', (right) => {
    const listeners = new Set<Parameters<DriverWakeups['subscribe']>[0]>()
    return {
      dispatch: async (request) => {
        const reply = await right.dispatch(request)
        for (const listener of listeners) listener(request.jobs.map(({ queue }) => queue))
        return reply
      },
      wakeups: {
        fromOtherProcesses: true,
        subscribe: (listener) => {
          listeners.add(listener)
          return () => void listeners.delete(listener)
        },
      },
    }
  }),
  fault('wakeups/cancel-requested', 'never tells', (right) => ({
    wakeups: { ...right.wakeups!, onCancelRequested: () => () => undefined },
  })),
  fault('wakeups/cancel-requested', 'goes on telling a listener that has ended', (right) => ({
    wakeups: {
      ...right.wakeups!,
      onCancelRequested: (listener) => {
        right.wakeups!.onCancelRequested!(listener)
        return () => undefined
      },
    },
  })),
  fault('wakeups/cancel-requested', 'tells before it has marked the job', (right) => {
    const listeners = new Set<() => void>()
    return {
      cancel: async (request) => {
        for (const listener of [...listeners]) listener()
        await letOthersAct()
        return right.cancel(request)
      },
      wakeups: {
        ...right.wakeups!,
        onCancelRequested: (listener) => {
          listeners.add(listener)
          return () => void listeners.delete(listener)
        },
      },
    }
  }),
  fault('wakeups/cancel-requested', 'tells of what it was asked itself only', (right) => {
    const listeners = new Set<() => void>()
    return {
      cancel: async (request) => {
        const verdicts = await right.cancel(request)
        if (verdicts.includes('requested')) for (const listener of [...listeners]) listener()
        return verdicts
      },
      wakeups: {
        ...right.wakeups!,
        onCancelRequested: (listener) => {
          listeners.add(listener)
          return () => void listeners.delete(listener)
        },
      },
    }
  }),
  fault('migrations/repeat-and-race', 'migrates again what is migrated', () => ({
    migrations: {
      check: async () => ({ current: 1, wanted: 1 }),
      migrate: async () => ({ from: 0, to: 1 }),
    },
  })),
  fault('migrations/repeat-and-race', 'lets two migrate at once', (right) => ({
    migrations: {
      check: () => right.migrations!.check(),
      migrate: async () => {
        const { current, wanted } = await right.migrations!.check()
        await letOthersAct()
        await right.migrations!.migrate()
        return { from: current, to: wanted }
      },
    },
  })),
  fault('capabilities/match', 'claims a capability that it does not have', (right) => ({
    capabilities: { ...right.capabilities, limits: true },
  })),
  fault('capabilities/match', 'has a group that it does not claim', (right) => ({
    capabilities: { ...right.capabilities, wakeups: false },
  })),
  fault('close/is-quiet', 'cannot be closed twice', () => {
    let closed = false
    return {
      close: async () => {
        if (closed) throw new Error('closed already')
        closed = true
      },
    }
  }),
  fault('time/now-decides', 'extends by a clock of its own', (right) => ({
    extend: ({ now: _now, ...request }) => right.extend(request),
  })),
  fault('time/now-decides', 'settles by a clock of its own', (right) => ({
    settle: ({ now: _now, ...request }) => right.settle(request),
  })),
  fault('time/now-decides', 'keeps the now of a request for later calls', (right) => {
    let latest: number | undefined
    return {
      dispatch: (request) => {
        latest = request.now ?? latest
        return right.dispatch(latest === undefined ? request : { ...request, now: latest })
      },
      find: (request) => {
        latest = request.now ?? latest
        return right.find(request)
      },
    }
  }),
]
