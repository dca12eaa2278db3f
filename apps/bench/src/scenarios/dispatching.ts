import { contenderIds } from '../contender.ts'
import type { Request } from '../processes/role-messages.ts'
import type { Scenario, Setting } from '../scenario.ts'
import { withRoles, jobsOf } from './casting.ts'
import { measured } from './measured.ts'

export const bulkDispatch: Scenario = {
  id: 'bulk-dispatch',
  number: 'S1',
  title: 'Dispatch in batches of 1,000',
  figure: 'jobsPerSecond',
  contenders: contenderIds,
  run: (setting) => dispatching(setting, { do: 'bulk', jobs: jobsOf(50_000, setting), batch: 1_000 }),
}

export const singleDispatch: Scenario = {
  id: 'single-dispatch',
  number: 'S1b',
  title: 'Dispatch one by one, 32 callers at once',
  figure: 'jobsPerSecond',
  contenders: contenderIds,
  run: (setting) => dispatching(setting, { do: 'single', jobs: jobsOf(5_000, setting), callers: 32 }),
}

export const transactionalDispatch: Scenario = {
  id: 'transactional-dispatch',
  number: 'S8',
  title: 'A row of the application and a job in one transaction, 8 callers at once',
  figure: 'jobsPerSecond',
  contenders: ['goplate-postgres', 'raw-postgres-keep', 'raw-postgres-delete', 'graphile-worker', 'pg-boss'],
  run: (setting) => dispatching(setting, { do: 'single', jobs: jobsOf(2_000, setting), callers: 8, withRow: true }),
}

function dispatching(setting: Setting, request: Extract<Request, { do: 'bulk' | 'single' }>) {
  return measured(setting, () =>
    withRoles(setting, { producers: 1 }, async ({ producers }) => {
      const { fromUs, toUs } = await producers[0]!.ask(request, 'produced')
      const { use } = await producers[0]!.ask({ do: 'stop' }, 'stopped')
      return { jobs: request.jobs, seconds: (toUs - fromUs) / 1e6, uses: [use] }
    }),
  )
}
