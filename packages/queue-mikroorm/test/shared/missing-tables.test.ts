import { SchemaError } from '@goplate/queue-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newClaim, newJob } from '../postgres/test-queue.ts'
import { Customer } from '../sqlite/sqlite-orm.ts'
import { applications, type Application } from './applications.ts'

describe.each(Object.entries(applications))('without queue.migrate() on %s', (_name, open) => {
  let application: Application
  beforeEach(async () => {
    application = await open()
    await application.orm.schema.create()
  })
  afterEach(() => application.close())

  const dispatch = () => application.driver.dispatch({ jobs: [newJob()], caller: {} })

  it.each([
    ['dispatch', dispatch],
    ['claim', () => application.driver.claim(newClaim())],
    ['find', () => application.driver.find({ ids: ['1'] })],
    ['cancel', () => application.driver.cancel({ ids: ['1'] })],
  ])('%s says what to do', async (_verb, verb) => {
    const error: unknown = await verb().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(SchemaError)
    expect(error).toMatchObject({ code: 'GPQ_SCHEMA', message: expect.stringContaining('await queue.migrate()') })
    expect((error as Error).cause).toBeInstanceOf(Error)
  })

  it('says it in a transaction of the caller, which is rolled back with it', async () => {
    const lost = application.orm.em.fork().transactional(async (em) => {
      await em.insert(Customer, { name: 'Ada' })
      await dispatch()
    })
    await expect(lost).rejects.toSatisfy(SchemaError.isInstance)
    expect(await application.orm.em.fork().count(Customer)).toBe(0)
  })

  it('says it of a column that an older version did not have', async () => {
    await application.driver.migrations!.migrate()
    await application.sql(`drop view ${application.table('queue_job')}`)
    await application.sql(`alter table ${application.table('job')} rename column payload to body`)
    await expect(application.driver.find({ ids: ['1'] })).rejects.toSatisfy(SchemaError.isInstance)
  })

  it('works after the migration, with the same driver', async () => {
    await expect(dispatch()).rejects.toSatisfy(SchemaError.isInstance)
    await application.driver.migrations!.migrate()
    expect(await dispatch()).toMatchObject({ stored: true })
  })
})
