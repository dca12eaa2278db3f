import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { installationOf } from '../../src/extension.ts'
import { resolveTransaction } from '../../src/entity-manager.ts'
import type { CommitWake } from '../../src/commit-wake.ts'
import { Customer, sqliteOrm } from '../sqlite/sqlite-orm.ts'

type Orm = Awaited<ReturnType<typeof sqliteOrm>>
let orm: Orm
let wake: CommitWake
let told: string[]

beforeEach(async () => {
  orm = await sqliteOrm()
  await orm.schema.create()
  wake = installationOf(orm).commitWake
  told = []
  wake.subscribe((queues) => told.push(...queues))
})
afterEach(() => orm.close(true))

function markHere(queue: string, em?: Orm['em']): void {
  const joined = resolveTransaction(orm, em)
  if (joined === undefined) throw new Error('expected a transaction')
  wake.mark(joined.transaction, [queue])
}
const abort = new Error('roll back')

describe('commit wake', () => {
  it('tells after the commit, not before', async () => {
    await orm.em.transactional(async () => {
      markHere('mail')
      expect(told).toEqual([])
    })
    expect(told).toEqual(['mail'])
  })

  it('tells nothing after a rollback', async () => {
    await expect(
      orm.em.transactional(async () => {
        markHere('mail')
        throw abort
      }),
    ).rejects.toBe(abort)
    expect(told).toEqual([])
  })

  it('hands the jobs of a released savepoint to the outer transaction', async () => {
    await orm.em.transactional(async (em) => {
      await em.transactional(async () => markHere('mail'))
      expect(told).toEqual([])
      markHere('images')
    })
    expect(told.sort()).toEqual(['images', 'mail'])
  })

  it('drops only the jobs of a rolled back savepoint', async () => {
    await orm.em.transactional(async (em) => {
      markHere('images')
      const inner = em.transactional(async () => {
        markHere('mail')
        throw abort
      })
      await expect(inner).rejects.toBe(abort)
    })
    expect(told).toEqual(['images'])
  })

  it('tells nothing when the savepoint was released and the outer transaction rolled back', async () => {
    const outer = orm.em.transactional(async (em) => {
      await em.transactional(async () => markHere('mail'))
      throw abort
    })
    await expect(outer).rejects.toBe(abort)
    expect(told).toEqual([])
  })

  it('follows begin and commit', async () => {
    const em = orm.em.fork()
    await em.begin()
    markHere('mail', em)
    await em.commit()
    expect(told).toEqual(['mail'])
  })

  it('reaches forks with an event manager of their own', async () => {
    await orm.em.fork({ freshEventManager: true }).transactional(async () => markHere('mail'))
    expect(told).toEqual(['mail'])
  })

  it('survives a listener that throws, and an ended subscription hears nothing', async () => {
    const end = wake.subscribe(() => {
      throw new Error('listener')
    })
    await orm.em.transactional(async () => markHere('mail'))
    expect(told).toEqual(['mail'])
    end()
    wake.tell(['images'])
    expect(told).toEqual(['mail', 'images'])
  })
})

describe('an automatic rollback of SQLite', () => {
  async function breakTransaction(em: Orm['em']): Promise<void> {
    await em.execute(`insert or rollback into customer (id, name) values (2, 'taken')`).catch(() => undefined)
  }
  beforeEach(async () => {
    await orm.em.execute(`insert into customer (id, name) values (1, 'taken')`)
  })

  it('rejects the commit when the error was swallowed, and gives the connection back', async () => {
    const swallowed = orm.em.transactional(async (em) => {
      markHere('mail')
      await breakTransaction(em)
    })
    await expect(swallowed).rejects.toMatchObject({ code: 'GPQ_TRANSACTION' })
    expect(told).toEqual([])
    expect(await orm.em.fork().count(Customer)).toBe(1)
  })

  it('gives the connection back when the error was not swallowed', async () => {
    const failed = orm.em.transactional(async (em) => {
      await em.execute(`insert or rollback into customer (id, name) values (2, 'taken')`)
    })
    await expect(failed).rejects.toThrow(/UNIQUE/)
    expect(await orm.em.fork().count(Customer)).toBe(1)
  })

  it('rejects the outer commit when it happened in a savepoint', async () => {
    const outer = orm.em.transactional(async (em) => {
      await em.transactional((inner) => breakTransaction(inner)).catch(() => undefined)
      markHere('mail')
    })
    await expect(outer).rejects.toMatchObject({ code: 'GPQ_TRANSACTION' })
    expect(told).toEqual([])
    expect(await orm.em.fork().count(Customer)).toBe(1)
  })
})
