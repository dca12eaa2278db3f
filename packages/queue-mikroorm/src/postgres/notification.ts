/** What processes tell one another: who speaks, and queues in which jobs became due. Names contain no space or comma. */
export interface Notification {
  readonly sender: string
  /** `all` when there were too many names to tell. */
  readonly queues: readonly string[] | 'all'
}

/** Schemas are identifiers of at most 48 characters, channels may have 63. */
export function channelOf(schema: string): string {
  return `goplate_queue:${schema}`
}

/** The server takes less than 8,000 bytes. */
const maxLength = 7_000
const queueName = /^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,62}$/

export function encodeNotification(sender: string, queues: readonly string[]): string {
  const names = queues.join(',')
  return names.length > maxLength ? `${sender} *` : `${sender} ${names}`
}

/** Anybody may write into the channel: what does not look like ours is nothing. */
export function decodeNotification(payload: unknown): Notification | undefined {
  if (typeof payload !== 'string') return undefined
  const [sender, names, ...more] = payload.split(' ')
  if (sender === undefined || sender === '' || names === undefined || more.length > 0) return undefined
  if (names === '*') return { sender, queues: 'all' }
  const queues = [...new Set(names.split(','))].filter((name) => queueName.test(name))
  return queues.length === 0 ? undefined : { sender, queues }
}
