import { SchemaError } from '@goplate/queue-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newClaim, newJob } from '../postgres/test-queue.ts'
import { Customer } from '../sqlite/sqlite-orm.ts'
import { applications, type Application } from './applications.ts'

describe.each(Object.entries(applications))('tables of a newer release on %s', (_name, open) => {
  let application: Application
  beforeEach(async () => {
    application = await open()
    await application.orm.schema.create()
    await application.driver.migrations!.migrate()
  })
  afterEach(() => application.close())

  /** As the migration of a release to come leaves them. */
  const migrateTo = (version: number, compatibleSince: number) =>
    application.sql(`
      insert into ${application.table('migration')} (version, compatible_since, applied_at)
      select ${version}, ${compatibleSince}, applied_at from ${application.table('migration')} where version = 1`)
  const dispatchWith = ({ driver }: Pick<Application, 'driver'>, caller: object = {}) =>
    driver.dispatch({ jobs: [newJob()], caller })

  describe('that this one may still use', () => {
    beforeEach(() => migrateTo(2, 1))

    it('are used, and migrate() leaves them alone', async () => {
      const { migrations } = application.driver
      expect(await migrations!.check()).toEqual({ current: 2, wanted: 1 })
      expect(await migrations!.migrate()).toEqual({ from: 2, to: 2 })
      expect(await migrations!.check()).toEqual({ current: 2, wanted: 1 })
      await dispatchWith(application)
      expect((await application.driver.claim(newClaim())).jobs).toHaveLength(1)
    })
  })

  describe('that this one may not use', () => {
    beforeEach(() => migrateTo(99, 2))

    it.each([
      ['migrate', () => application.driver.migrations!.migrate()],
      ['check', () => application.driver.migrations!.check()],
      ['dispatch', () => dispatchWith(application)],
      ['claim', () => application.driver.claim(newClaim())],
      ['find', () => application.driver.find({ ids: ['1'] })],
      ['cancel', () => application.driver.cancel({ ids: ['1'] })],
      ['prune', () => application.driver.prune({ retention: {}, limit: 1 })],
      ['pausing', () => application.driver.pausing!.paused({})],
    ])('refuse %s, every time', async (_verb, verb) => {
      for (let time = 0; time < 2; time++) {
        const error: unknown = await verb().catch((thrown: unknown) => thrown)
        expect(error).toBeInstanceOf(SchemaError)
        expect((error as Error).message).toMatch(/version 99.*version 2 or newer.*version 1/s)
      }
    })

    it.each(['ambient', 'explicit'])(
      'refuse a dispatch in a transaction (%s), which can go on without it',
      async (joining) => {
        const em = application.orm.em.fork()
        await em.transactional(async (inner) => {
          await inner.insert(Customer, { name: 'before' })
          const dispatched = dispatchWith(application, joining === 'explicit' ? { em: inner } : {})
          await expect(dispatched).rejects.toSatisfy(SchemaError.isInstance)
          await inner.insert(Customer, { name: 'after' })
        })
        expect(await application.orm.em.fork().count(Customer)).toBe(2)
        expect(await application.sql(`select * from ${application.table('job')}`)).toEqual([])
      },
    )
  })

  it('are looked at once in a driver, by whatever comes first', async () => {
    const inTransaction = application.anotherDriver()
    await application.orm.em.fork().transactional(() => dispatchWith({ driver: inTransaction }))
    await application.driver.claim(newClaim())
    await migrateTo(99, 2)
    await dispatchWith(application)
    await application.orm.em.fork().transactional(() => dispatchWith({ driver: inTransaction }))
    expect((await application.driver.claim(newClaim())).jobs).toHaveLength(2)
    await expect(dispatchWith({ driver: application.anotherDriver() })).rejects.toSatisfy(SchemaError.isInstance)
  })
})
