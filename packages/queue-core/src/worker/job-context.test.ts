import { expect, test } from 'vitest'
import { job, WorkerScene } from '../../test/support/worker-scene.ts'
import type { StorageDriver } from '../driver/storage-driver.ts'

test('meta is what was stored, the same for every attempt, and nothing when nothing was', async () => {
  const metas: unknown[] = []
  const work = job(
    async (_payload, { meta, attempt }) => {
      metas.push(meta)
      if (attempt === 1) throw new Error('once more')
    },
    { retryAfter: 0 },
  )
  const scene = new WorkerScene([work])
  await scene.dispatch(work, {}, { meta: { tenant: 'a', path: [1, { deep: null }] } })
  await scene.worker().drain()
  expect(metas).toEqual(Array(2).fill({ tenant: 'a', path: [1, { deep: null }] }))
  metas.length = 0
  await scene.dispatch(work)
  await scene.worker().drain()
  expect(metas).toEqual([{}, {}])
})

test('meta that is not JSON any more fails the job that asks for it, for good, and no other', async () => {
  const damaged = (driver: StorageDriver): StorageDriver => ({
    ...driver,
    claim: async (request) => {
      const reply = await driver.claim(request)
      return { ...reply, jobs: reply.jobs.map((one) => ({ ...one, meta: '{"tenant":' })) }
    },
  })
  const asking = job(async (_payload, { meta }) => meta, { type: 'asking' })
  const silent = job(async () => undefined, { type: 'silent' })
  const scene = new WorkerScene([asking, silent], { extend: damaged })
  const ids = [await scene.dispatch(asking), await scene.dispatch(silent)]
  await scene.worker().drain()
  expect(await scene.queue.find(ids[0]!)).toMatchObject({ state: 'failed', reason: 'permanent' })
  expect(await scene.state(ids[1]!)).toBe('finished')
})
