import { expect, test } from 'vitest'
import { gate, job, WorkerScene } from '../../test/support/worker-scene.ts'
import type { ReportRequest } from '../driver/driver-groups.ts'
import type { JobContext } from '../job/job.ts'

function scene(handle: (context: JobContext) => unknown) {
  const calls: ReportRequest[] = []
  const faults = { report: (): unknown => undefined }
  const work = job((_payload, context) => handle(context))
  const made: WorkerScene = new WorkerScene([work], {
    extend: (driver) => {
      const reports = driver.reports!
      const report = async (request: ReportRequest): Promise<void> => {
        calls.push(request)
        await faults.report()
        return reports.report(request)
      }
      return { ...driver, reports: { ...reports, report } }
    },
  })
  const linesOf = async (id: string) => {
    const pages = [0, 1_000].map((after) => made.driver.reports!.lines({ id, after, limit: 1_000 }))
    return (await Promise.all(pages)).flat()
  }
  return { work, calls, faults, scene: made, linesOf }
}

test('the lines and the last progress of a job are there when it has finished', async () => {
  const {
    work,
    calls,
    scene: made,
    linesOf,
  } = scene(async (context) => {
    context.progress(10)
    context.log('started')
    context.log('odd', 'warn')
    context.progress(250)
  })
  const id = await made.dispatch(work)
  await made.worker().drain()
  expect((await linesOf(id)).map(({ line, level, message }) => [line, level, message])).toEqual([
    [1, 'info', 'started'],
    [2, 'warn', 'odd'],
  ])
  expect((await made.driver.find({ ids: [id] }))[0]?.progress).toBe(100)
  expect(calls).toHaveLength(1)
  expect(made.clock.pending).toBe(0)
})

test('what a long job tells is sent once a second, and nothing while it is silent', async () => {
  const end = gate()
  let context!: JobContext
  const {
    work,
    calls,
    scene: made,
  } = scene((given) => {
    context = given
    return end.promise
  })
  await made.dispatch(work)
  const worker = made.worker()
  await worker.start()
  await made.clock.advance(10)
  for (let percent = 1; percent <= 20; percent += 1) {
    context.progress(percent)
    await made.clock.advance(100)
  }
  expect(calls.flatMap(({ reports }) => reports.map(({ percent }) => percent))).toEqual([10, 20])
  await made.clock.advance(10_000)
  expect(calls).toHaveLength(2)
  end.resolve()
  await worker.stop()
  expect(calls).toHaveLength(2)
  expect(made.clock.pending).toBe(0)
})

test('spam is cut: a thousand lines of 2 KiB, a hundred at a time, and one line that says so', async () => {
  const {
    work,
    calls,
    scene: made,
    linesOf,
  } = scene(async (context) => {
    for (let line = 0; line < 50_000; line += 1) context.log('x'.repeat(10_000))
  })
  const id = await made.dispatch(work)
  await made.worker().drain()
  const lines = await linesOf(id)
  expect(lines).toHaveLength(1_001)
  expect(lines[0]?.message).toHaveLength(2_048)
  expect(lines[1_000]).toMatchObject({ level: 'warn', message: 'Further lines of this attempt are not kept.' })
  expect(Math.max(...calls.map(({ reports }) => reports[0]?.lines?.length ?? 0))).toBe(100)
  expect(await made.state(id)).toBe('finished')
})

test('spam of many jobs against storage that does not answer neither grows nor stops the extensions', async () => {
  const end = gate()
  const {
    work,
    calls,
    faults,
    scene: made,
  } = scene(async (context) => {
    for (let line = 0; line < 2_000; line += 1) context.log('spam')
    await end.promise
  })
  const stuck = gate()
  faults.report = () => stuck.promise
  let extensions = 0
  made.faults.before = (verb) => (verb === 'extend' ? (extensions += 1) : undefined)
  await made.queue.dispatchMany(work, Array.from({ length: 20 }, () => ({})) as never[])
  const worker = made.worker({ concurrency: 20 })
  await worker.start()
  await made.clock.advance(60_000)
  expect([calls.length, extensions]).toEqual([1, 6])
  stuck.resolve()
  end.resolve()
  await made.clock.until(() => made.of('job:finished').length === 20)
  const sent = calls.flatMap(({ reports }) => reports.flatMap(({ lines = [] }) => lines))
  expect(sent.length).toBeLessThanOrEqual(5_000 + 20)
  await worker.stop()
  expect(made.clock.pending).toBe(0)
})

test('a settlement does not wait for long until its lines are sent', async () => {
  const { work, faults, scene: made } = scene(async (context) => context.log('line'))
  const stuck = gate()
  faults.report = () => stuck.promise
  const id = await made.dispatch(work)
  const worker = made.worker()
  await worker.start()
  await made.clock.advance(1_999)
  expect(await made.state(id)).toBe('running')
  await made.clock.advance(1)
  expect(await made.state(id)).toBe('finished')
  stuck.resolve()
  await worker.stop()
  expect(made.clock.pending).toBe(0)
})

test('a failure is tried once more, then what was told is dropped with a warning', async () => {
  const { work, calls, faults, scene: made, linesOf } = scene(async (context) => context.log('line'))
  let failures = 1
  faults.report = () => {
    if ((failures -= 1) >= 0) throw new Error('no')
  }
  const kept = await made.dispatch(work)
  await made.worker().drain()
  expect([calls.length, (await linesOf(kept)).length, made.of('warning').length]).toEqual([2, 1, 0])
  failures = 2
  const dropped = await made.dispatch(work)
  await made.worker().drain()
  expect([calls.length, (await linesOf(dropped)).length]).toEqual([4, 0])
  expect(made.of('warning')).toMatchObject([{ code: 'reports_dropped' }])
  expect(await made.state(dropped)).toBe('finished')
})

test('a driver without reports keeps nothing and is not asked', async () => {
  const work = job(async (_payload, context) => {
    context.log('line')
    context.progress(50)
  })
  const made = new WorkerScene([work], { extend: ({ reports: _none, ...rest }) => rest })
  const id = await made.dispatch(work)
  await made.worker().drain()
  expect(await made.state(id)).toBe('finished')
  expect(made.of('job:progress')).toMatchObject([{ percent: 50 }])
  expect(made.clock.pending).toBe(0)
})

test('what cannot be made text is a line all the same', async () => {
  const hostile = { toString: () => hostile }
  const { work, scene: made, linesOf } = scene(async (context) => context.log(hostile as never))
  const id = await made.dispatch(work)
  await made.worker().drain()
  expect((await linesOf(id)).map(({ message }) => message)).toEqual(['[unreadable]'])
})
