import type { WorkerSettings } from '../contender.ts'
import { RoleProcess } from '../processes/role-process.ts'
import type { RoleUse, Seen } from '../processes/role-messages.ts'
import { measured, handledBy, secondsBetween, sum } from '../scenarios/measured.ts'
import type { Setting } from '../scenario.ts'
import type { Figures } from './study.ts'

export interface Drain {
  readonly jobs: number
  readonly workers?: number
  readonly settings?: WorkerSettings
}

/** Workers handle at least so many of the waiting jobs, then stop. What is left stays. */
export async function drainSome(setting: Setting, { jobs, workers = 1, settings = {} }: Drain): Promise<Figures> {
  const { contender, url } = setting
  const start = () => RoleProcess.start({ contender, part: 'consume', url, settings })
  const roles = await Promise.all(Array.from({ length: workers }, start))
  try {
    let more: Figures = {}
    const { jobsPerSecond, clientCpuUsPerJob, serverCpuUsPerJob, walBytesPerJob } = await measured(
      setting,
      async () => {
        await Promise.all(roles.map((worker) => worker.ask({ do: 'work', keepWaits: false }, 'working')))
        await handledBy(roles, jobs)
        const stopped = await Promise.all(roles.map((worker) => worker.ask({ do: 'stop' }, 'stopped')))
        const uses = stopped.map(({ use }) => use)
        const seen: readonly Seen[] = stopped.map((worker) => worker.seen)
        const handled = sum(seen.map((one) => one.jobs))
        more = perThousand(uses, handled)
        return { jobs: handled, seconds: secondsBetween(seen), uses }
      },
    )
    return {
      jobsPerSecond: jobsPerSecond ?? 0,
      clientCpuUsPerJob: clientCpuUsPerJob ?? 0,
      ...(serverCpuUsPerJob !== undefined && { serverCpuUsPerJob }),
      walBytesPerJob: walBytesPerJob ?? 0,
      ...more,
    }
  } finally {
    await Promise.all(roles.map((role) => role.end()))
  }
}

export function perThousand(uses: readonly RoleUse[], jobs: number): Figures {
  const per = (value: (use: RoleUse) => number) => (sum(uses.map(value)) / jobs) * 1_000
  return {
    statementsPer1000: per(({ statements }) => statements),
    claimsPer1000: per(({ claims }) => claims),
    emptyClaimsPer1000: per(({ emptyClaims }) => emptyClaims),
  }
}
