import { readFile, readdir } from 'node:fs/promises'

/** Linux counts in hundredths of a second, whatever the kernel's own tick. */
const usPerTick = 10_000

/** CPU time, in microseconds, of a server process and all its children, those that have ended included. */
export async function familyCpuUs(parent: number): Promise<number> {
  const all = await Promise.all((await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(ticksOf))
  const family = all.filter((one) => one !== undefined && (one.pid === parent || one.parent === parent))
  return family.reduce((sum, one) => sum + (one?.ticks ?? 0), 0) * usPerTick
}

/** The fields of `/proc/<pid>/stat` after the name, which may hold spaces: state, parent, …, utime, stime, cutime, cstime. */
async function ticksOf(pid: string): Promise<{ pid: number; parent: number; ticks: number } | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  if (stat === undefined) return undefined
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
  return { pid: Number(pid), parent: Number(fields[1]), ticks }
}
