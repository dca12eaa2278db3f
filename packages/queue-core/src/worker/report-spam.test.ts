import { expect, test } from 'vitest'
import { gate, job, WorkerScene } from '../../test/support/worker-scene.ts'
import type { ReportRequest } from '../driver/driver-groups.ts'
import type { Clock } from '../clock.ts'
import type { JobContext } from '../job/job.ts'

const megabyte = 'x'.repeat(1_048_576)
const heartbeatMs = 10_000

/** Ten megabytes a second for a minute, as many small lines and as one huge one, with progress in between. */
async function spam({ log, progress }: JobContext, clock: Clock): Promise<void> {
  for (let tenths = 0; tenths < 600; tenths += 1) {
    for (let line = 0; line < 50; line += 1) {
      log(`line ${line} of ${tenths}`)
      progress(line)
    }
    log(megabyte)
    await new Promise<void>((resolve) => clock.setTimer(100, resolve))
  }
}

/** Twenty such jobs; `answer` is what a report waits for. Tells when leases were extended, and what was reported. */
async function spammed(answer: () => Promise<void>) {
  const reported: { readonly at: number; readonly lines: number; readonly bytes: number }[] = []
  const extendedAt: number[] = []
  const work = job((_payload, context) => spam(context, scene.clock))
  const scene: WorkerScene = new WorkerScene([work], {
    extend: (driver) => {
      const report = (request: ReportRequest): Promise<void> => {
        const lines = request.reports.flatMap((one) => one.lines ?? [])
        const bytes = lines.reduce((sum, { message }) => sum + Buffer.byteLength(message), 0)
        reported.push({ at: scene.clock.monotonic(), lines: lines.length, bytes })
        return answer()
      }
      return { ...driver, reports: { ...driver.reports!, report } }
    },
  })
  scene.faults.before = (verb) => verb === 'extend' && extendedAt.push(scene.clock.monotonic())
  const ids = await Promise.all(Array.from({ length: 20 }, () => scene.dispatch(work)))
  const worker = scene.worker({ concurrency: 20 })
  await worker.start()
  await scene.clock.advance(90_000)
  const states = await Promise.all(ids.map((id) => scene.state(id)))
  await Promise.all([worker.stop(), scene.clock.advance(60_000)])
  return { scene, reported, extendedAt, states, pending: scene.clock.pending }
}

const gaps = (times: readonly number[]): number[] => times.map((at, index) => at - (times[index - 1] ?? 0))

test('ten megabytes a second from each of twenty handlers put no extension off, and little of it is kept', async () => {
  const { scene, reported, extendedAt, states, pending } = await spammed(async () => undefined)
  expect(extendedAt.length).toBeGreaterThanOrEqual(6)
  expect(Math.max(...gaps(extendedAt))).toBeLessThanOrEqual(heartbeatMs)
  expect(new Set(states)).toEqual(new Set(['finished']))
  expect(reported.reduce((sum, { lines }) => sum + lines, 0)).toBeLessThanOrEqual(20 * 1_001)
  expect(Math.max(...reported.map(({ lines }) => lines))).toBeLessThanOrEqual(1_000)
  expect(Math.max(...reported.map(({ bytes }) => bytes))).toBeLessThanOrEqual(1_000 * 2_048)
  expect(Math.min(...gaps(reported.map(({ at }) => at)).slice(1, 50))).toBeGreaterThanOrEqual(1_000)
  expect(scene.of('job:lost')).toEqual([])
  expect(pending).toBe(0)
})

test('nor while storage takes no reports at all', async () => {
  const never = gate()
  const { scene, extendedAt, states, pending } = await spammed(() => never.promise)
  expect(Math.max(...gaps(extendedAt))).toBeLessThanOrEqual(heartbeatMs)
  expect(new Set(states)).toEqual(new Set(['finished']))
  expect(scene.of('job:lost')).toEqual([])
  expect(pending).toBe(0)
})
