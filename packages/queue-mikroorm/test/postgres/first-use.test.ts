import { afterAll, beforeAll, expect, it } from 'vitest'
import { newJob, TestQueue } from './test-queue.ts'

let queue: TestQueue
beforeAll(async () => {
  queue = await TestQueue.open()
})
afterAll(() => queue.close())

const oneJob = { jobs: [newJob()], caller: {} }

it('in a transaction needs no connection but the one the transaction has', async () => {
  const { orm, driver } = await queue.connect({ poolSize: 1 })
  expect(await orm.em.transactional(() => driver.dispatch(oneJob))).toMatchObject({ stored: true })
})

it('is open to a role that may dispatch and not read the version of the tables', async () => {
  await queue.admin.query(`
    create role may_dispatch;
    grant usage on schema goplate_queue to may_dispatch;
    grant usage on goplate_queue.job_id to may_dispatch;
    grant select, insert on goplate_queue.job, goplate_queue.ready, goplate_queue.later, goplate_queue.expiry to may_dispatch`)
  const { orm, driver } = await queue.connect()
  const dispatched = orm.em.transactional(async (em) => {
    await em.execute('set local role may_dispatch')
    return driver.dispatch(oneJob)
  })
  expect(await dispatched).toMatchObject({ stored: true })
  await queue.admin.query('drop owned by may_dispatch; drop role may_dispatch')
})
