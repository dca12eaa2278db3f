import assert from 'node:assert/strict'
import type { AttemptReport, ClaimedJob, LogLine } from '@goplate/queue-core'
import { assertFields } from './assert-fields.ts'
import type { ConformanceCase } from './conformance-case.ts'
import type { World } from './world.ts'

export const reportCases: readonly ConformanceCase[] = [
  {
    rule: 'report/keeps-what-was-told',
    name: 'the last progress, and every line to the character, in order and page by page',
    needs: 'reports',
    async run(world) {
      const job = await world.running()
      await report(world, job, { percent: 10, lines: lines(1, 2) })
      world.advance(1_000)
      await report(world, job, { percent: 55.5 }, { lines: lines(3, 5) })
      assertFields(await world.find(job.claim.jobId), { progress: 55.5 })
      const told = await world.driver.reports!.lines({ id: job.claim.jobId, after: 0, limit: 100 })
      assert.deepEqual(told.map(({ line }) => line), [1, 2, 3, 4, 5]) // prettier-ignore
      assertFields(told[1]!, { level: 'warn', message: 'Grüße 2 "\\ 😀', epoch: 1, at: world.now() - 1_000 })
      const page = await world.driver.reports!.lines({ id: job.claim.jobId, after: 1, limit: 2 })
      assert.deepEqual(page.map(({ line }) => line), [2, 3]) // prettier-ignore
      await world.worker.settle(job, 'finished')
      assertFields(await world.find(job.claim.jobId), { state: 'finished', progress: 55.5 })
    },
  },
  {
    rule: 'report/keeps-what-was-told',
    name: 'of the next attempt behind that of the one before',
    needs: 'reports',
    async run(world) {
      const first = await world.running()
      await report(world, first, { lines: lines(1, 1) })
      await world.worker.settle(first, 'retried', { delayMs: 0 })
      const second = await world.worker.claimOne()
      await report(world, second, { lines: lines(1, 1) })
      const told = await world.driver.reports!.lines({ id: first.claim.jobId, after: 0, limit: 10 })
      assert.deepEqual(told.map(({ epoch }) => epoch), [1, 2]) // prettier-ignore
    },
  },
  {
    rule: 'report/repeat-writes-nothing-twice',
    name: 'lines that were told before stay as they were',
    needs: 'reports',
    async run(world) {
      const job = await world.running()
      await report(world, job, { lines: lines(1, 2) })
      await report(world, job, { lines: lines(1, 3) })
      const told = await world.driver.reports!.lines({ id: job.claim.jobId, after: 0, limit: 10 })
      assert.deepEqual(told.map(({ line }) => line), [1, 2, 3]) // prettier-ignore
    },
  },
  {
    rule: 'report/needs-the-claim',
    name: 'nothing of a lost or settled claim is kept, also while the next one runs',
    needs: 'reports',
    async run(world) {
      const stale = await world.running()
      await world.reapAll()
      await report(world, stale, { percent: 99, lines: lines(1, 1) })
      const next = await world.named('worker-2').claimOne({ solo: true })
      await report(world, next, { percent: 5 })
      await report(world, stale, { percent: 99, lines: lines(1, 1) })
      assertFields(await world.find(stale.claim.jobId), { progress: 5 })
      await world.worker.settle(next, 'finished')
      await report(world, next, { percent: 100, lines: lines(1, 1) })
      assertFields(await world.find(stale.claim.jobId), { progress: 5 })
      assert.deepEqual(await world.driver.reports!.lines({ id: stale.claim.jobId, after: 0, limit: 10 }), [])
    },
  },
  {
    rule: 'report/goes-with-the-job',
    name: 'removed with it',
    needs: 'reports',
    async run(world) {
      const job = await world.running()
      await report(world, job, { percent: 5, lines: lines(1, 1) })
      await world.worker.settle(job, 'finished')
      await world.driver.remove({ ids: [job.claim.jobId] })
      assert.deepEqual(await world.driver.reports!.lines({ id: job.claim.jobId, after: 0, limit: 10 }), [])
    },
  },
]

function report(world: World, { claim }: ClaimedJob, ...told: readonly Omit<AttemptReport, 'claim'>[]): Promise<void> {
  const reports = told.map((one) => ({ claim, ...one }))
  return world.driver.reports!.report({ worker: world.worker.name, reports })
}

function lines(from: number, to: number): LogLine[] {
  return Array.from({ length: to - from + 1 }, (_, index) => ({
    line: from + index,
    level: 'warn' as const,
    message: `Grüße ${from + index} "\\ 😀`,
  }))
}
