import { RoleProcess } from '../processes/role-process.ts'
import type { Setting } from '../scenario.ts'

/** Runs `play` with so many processes of each part and ends them, however it goes. */
export async function withRoles<Result>(
  { contender, url }: Setting,
  count: { readonly producers?: number; readonly workers?: number },
  play: (roles: { producers: readonly RoleProcess[]; workers: readonly RoleProcess[] }) => Promise<Result>,
): Promise<Result> {
  const started: RoleProcess[] = []
  const start = async (part: 'produce' | 'consume', many = 0) => {
    const roles = await Promise.all(Array.from({ length: many }, () => RoleProcess.start({ contender, part, url })))
    started.push(...roles)
    return roles
  }
  try {
    const producers = await start('produce', count.producers)
    const workers = await start('consume', count.workers)
    return await play({ producers, workers })
  } finally {
    await Promise.all(started.map((role) => role.end()))
  }
}

/** So many jobs of a full run; a small one too has a few. */
export function jobsOf(full: number, { scale }: Setting): number {
  return Math.max(20, Math.round(full * scale))
}

/** A backlog that is not part of what is measured. */
export function fill(setting: Setting, jobs: number): Promise<void> {
  return withRoles(setting, { producers: 1 }, async ({ producers }) => {
    await producers[0]!.ask({ do: 'bulk', jobs, batch: 1_000 }, 'produced')
    await producers[0]!.ask({ do: 'stop' }, 'stopped')
  })
}

/** A figure counts only if the work was done: nothing may be left, and nothing handled twice or not at all. */
export async function assertDone(setting: Setting, handled: number, jobs: number): Promise<void> {
  const left = await withRoles(setting, { producers: 1 }, async ({ producers }) => {
    return (await producers[0]!.ask({ do: 'look' }, 'looked')).left
  })
  if (left !== 0 || handled !== jobs) {
    throw new Error(`${setting.contender}: ${handled} of ${jobs} handled, ${left} not ended.`)
  }
}
