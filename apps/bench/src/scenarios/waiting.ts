import { contenderIds } from '../contender.ts'
import type { Request } from '../processes/role-messages.ts'
import type { Measurement } from '../results.ts'
import type { Scenario, Setting } from '../scenario.ts'
import { assertDone, withRoles, jobsOf } from './casting.ts'
import { handledBy, measured, secondsBetween, waitsOf } from './measured.ts'

export const pickup: Scenario = {
  id: 'pickup',
  number: 'S4',
  title: 'Pickup: an idle worker in another process, one dispatch at a time',
  figure: 'p50Ms',
  contenders: contenderIds,
  run: (setting) => together(setting, { do: 'paced', jobs: jobsOf(160, setting), gapMs: 15 }),
}

export const endToEnd: Scenario = {
  id: 'end-to-end',
  number: 'S5',
  title: '32 callers dispatch one by one while one worker runs',
  figure: 'jobsPerSecond',
  contenders: contenderIds,
  run: (setting) => together(setting, { do: 'single', jobs: jobsOf(5_000, setting), callers: 32 }),
}

/** A producer and a worker at once; how long jobs waited is told by the clock both share. */
function together(setting: Setting, request: Extract<Request, { do: 'single' | 'paced' }>): Promise<Measurement> {
  return withRoles(setting, { producers: 1, workers: 1 }, async ({ producers, workers }) => {
    const [producer, worker] = [producers[0]!, workers[0]!]
    await worker.ask({ do: 'work' }, 'working')
    let waits: Pick<Measurement, 'p50Ms' | 'p99Ms'> = {}
    const measurement = await measured(setting, async () => {
      const { fromUs } = await producer.ask(request, 'produced')
      await handledBy(workers, request.jobs)
      const { use, seen } = await worker.ask({ do: 'stop' }, 'stopped')
      const { use: ofProducer } = await producer.ask({ do: 'stop' }, 'stopped')
      await assertDone(setting, seen.jobs, request.jobs)
      waits = waitsOf([seen])
      const seconds = request.do === 'single' ? (seen.lastUs - fromUs) / 1e6 : secondsBetween([seen])
      return { jobs: request.jobs, seconds, uses: [use, ofProducer] }
    })
    return { ...measurement, ...waits }
  })
}
