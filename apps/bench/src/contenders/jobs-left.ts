import type { JobCount } from '@goplate/queue-core'

const ended = new Set(['finished', 'failed', 'cancelled'])

export async function jobsLeft(queue: { count(): Promise<readonly JobCount[]> }): Promise<number> {
  const counts = await queue.count()
  return counts.reduce((left, { state, count }) => left + (ended.has(state) ? 0 : count), 0)
}
