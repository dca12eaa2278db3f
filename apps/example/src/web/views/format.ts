const units = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'm', ms: 60_000 },
  { name: 's', ms: 1_000 },
] as const

/** The two largest units that say something: `37 ms`, `4.2 s`, `3 m 20 s`, `2 d 5 h`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 10_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`
  const first = units.findIndex((unit) => ms >= unit.ms)
  const [large, small] = [units[first]!, units[first + 1]]
  const whole = `${Math.floor(ms / large.ms)} ${large.name}`
  const rest = small === undefined ? 0 : Math.floor((ms % large.ms) / small.ms)
  return rest === 0 ? whole : `${whole} ${rest} ${small!.name}`
}

export function bytes(count: number): string {
  if (count < 1_000) return `${count} B`
  if (count < 999_500) return `${Math.round(count / 1_000)} kB`
  return `${(count / 1_000_000).toFixed(1)} MB`
}

/** The time of day; with the day when it is another one than `now`'s. */
export function clockTime(instant: Date, now = new Date()): string {
  const time = instant.toLocaleTimeString('en-GB')
  if (instant.toDateString() === now.toDateString()) return time
  return `${instant.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })}, ${time}`
}
