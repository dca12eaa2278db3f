import { loadContender } from '../contenders/load.ts'
import type { Payload } from '../contender.ts'
import { nowUs } from '../measure/clock.ts'
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

/** A backlog that is not part of what is measured. */
export async function fill({ contender, url }: Setting, jobs: number): Promise<void> {
  const producer = await (await loadContender(contender)).produce(url)
  const size = 1_000
  for (let n = 0; n < jobs; n += size) {
    const payloads: Payload[] = Array.from({ length: Math.min(size, jobs - n) }, (_, index) => ({
      n: n + index,
      at: nowUs(),
      text: 'a line of text such as jobs carry, sixty characters of it',
    }))
    await producer.dispatchMany(payloads)
  }
  await producer.close()
}

/** A figure counts only if the work was done: nothing may be left, and nothing handled twice or not at all. */
export async function assertDone({ contender, url }: Setting, handled: number, jobs: number): Promise<void> {
  const left = await (await loadContender(contender)).left(url)
  if (left !== 0 || handled !== jobs) throw new Error(`${contender}: ${handled} of ${jobs} handled, ${left} not ended.`)
}
