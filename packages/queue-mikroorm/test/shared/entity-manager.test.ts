import { TransactionError } from '@goplate/queue-core'
import { RequestContext } from '@mikro-orm/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ambientTransaction, resolveTransaction } from '../../src/entity-manager.ts'
import { runInScope } from '../../src/handler-scope.ts'
import { sqliteOrm } from '../sqlite/sqlite-orm.ts'

type Orm = Awaited<ReturnType<typeof sqliteOrm>>
let orm: Orm
beforeEach(async () => {
  orm = await sqliteOrm()
})
afterEach(() => orm.close(true))

describe('the transaction a dispatch joins', () => {
  it('is none outside of any', () => {
    expect(resolveTransaction(orm)).toBeUndefined()
    expect(resolveTransaction(orm, orm.em.fork())).toBeUndefined()
  })

  it('is the one the code runs in, or the one of the manager given', async () => {
    await orm.em.transactional(async (em) => {
      expect(resolveTransaction(orm)?.transaction).toBe(em.getTransactionContext())
      expect(resolveTransaction(orm, em)?.transaction).toBe(em.getTransactionContext())
    })
  })

  it('is found after begin() in a request context', async () => {
    await RequestContext.create(orm.em, async () => {
      await orm.em.begin()
      expect(resolveTransaction(orm)).toBeDefined()
      await orm.em.rollback()
      expect(resolveTransaction(orm)).toBeUndefined()
    })
  })

  it('is refused when the manager stands outside of the running one', async () => {
    const outer = orm.em.fork()
    await outer.transactional(async () => {
      expect(() => resolveTransaction(orm, outer)).toThrow(/outside the running transaction/)
    })
  })

  it('is refused after its end, also for a savepoint', async () => {
    let inner: Orm['em'] | undefined
    let dead: Orm['em'] | undefined
    await orm.em.transactional(async (em) => {
      dead = em
      await em.transactional(async (nested) => {
        inner = nested
      })
      expect(() => resolveTransaction(orm, inner)).toThrow(TransactionError)
    })
    expect(() => resolveTransaction(orm, inner)).toThrow(/has ended/)
    expect(() => resolveTransaction(orm, dead)).toThrow(/has ended/)
  })

  it('is refused by code that outlived it, and is no ambient one any more', async () => {
    const late = Promise.withResolvers<void>()
    let outcome: Promise<[unknown, unknown]> | undefined
    await orm.em.transactional(async () => {
      outcome = late.promise.then(() => {
        let error: unknown
        try {
          resolveTransaction(orm)
        } catch (caught) {
          error = caught
        }
        return [error, ambientTransaction(orm)]
      })
    })
    late.resolve()
    const [error, ambient] = (await outcome)!
    expect(error).toBeInstanceOf(TransactionError)
    expect(ambient).toBeUndefined()
  })

  it('is refused when the manager, or the ambient transaction, is of another ORM', async () => {
    const other = await sqliteOrm()
    expect(() => resolveTransaction(orm, other.em.fork())).toThrow(/another MikroORM/)
    await other.em.transactional(async () => {
      expect(() => resolveTransaction(orm)).toThrow(/another MikroORM/)
      expect(ambientTransaction(orm)).toBeUndefined()
    })
    await other.close(true)
  })
})

describe('the scope of a handler', () => {
  it('has no transaction and an identity map of its own, wherever it was started', async () => {
    await orm.em.transactional(async (em) => {
      await runInScope(orm, async () => {
        expect(resolveTransaction(orm)).toBeUndefined()
        expect(orm.em.getContext()).not.toBe(em)
        const first = orm.em.getContext()
        await runInScope(orm, async () => expect(orm.em.getContext()).not.toBe(first))
      })
    })
  })
})
