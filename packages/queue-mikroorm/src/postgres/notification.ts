/**
 * What processes tell one another: who speaks, queues in which jobs became due, and whether running jobs were asked to
 * stop. Names contain no space or comma.
 */
export interface Notification {
  readonly sender: string
  /** `all` when there were too many names to tell. */
  readonly queues: readonly string[] | 'all'
  readonly cancelRequested: boolean
}

/** Stand among the names of queues, which they cannot be; a process that does not know them leaves them out. */
export const allQueues = '*'
export const cancelRequested = '~'

/** Schemas are identifiers of at most 48 characters, channels may have 63. */
export function channelOf(schema: string): string {
  return `goplate_queue:${schema}`
}

/** The server takes less than 8,000 bytes. */
const maxLength = 7_000
const queueName = /^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,62}$/

export function encodeNotification(sender: string, queues: readonly string[]): string {
  const isCancel = queues.includes(cancelRequested)
  const few = queues.includes(allQueues) ? '' : queues.join(',')
  if (few !== '' && few.length <= maxLength) return `${sender} ${few}`
  return isCancel ? `${sender} ${allQueues},${cancelRequested}` : `${sender} ${allQueues}`
}

/** Anybody may write into the channel: what does not look like ours is nothing. */
export function decodeNotification(payload: unknown): Notification | undefined {
  if (typeof payload !== 'string') return undefined
  const [sender, names, ...more] = payload.split(' ')
  if (sender === undefined || sender === '' || names === undefined || more.length > 0) return undefined
  const told = new Set(names.split(','))
  const isCancel = told.has(cancelRequested)
  if (told.has(allQueues)) return { sender, queues: 'all', cancelRequested: isCancel }
  const queues = [...told].filter((name) => queueName.test(name))
  return queues.length === 0 && !isCancel ? undefined : { sender, queues, cancelRequested: isCancel }
}
