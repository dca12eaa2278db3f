import type { QueueEventName, QueueEvents } from '@goplate/queue-core'

/** One event of a queue, with its name. */
export type RecordedEvent = {
  [Name in QueueEventName]: { readonly name: Name; readonly event: QueueEvents[Name] }
}[QueueEventName]

/** Every name once: the compiler misses one that is missing here. */
const everyName: { readonly [Name in QueueEventName]: true } = {
  'job:dispatched': true,
  'job:started': true,
  'job:progress': true,
  'job:finished': true,
  'job:retrying': true,
  'job:failed': true,
  'job:cancelled': true,
  'job:snoozed': true,
  'job:released': true,
  'job:lost': true,
  'job:stuck': true,
  'job:reaped': true,
  'job:expired': true,
  'queue:paused': true,
  'queue:resumed': true,
  'worker:started': true,
  'worker:stopping': true,
  'worker:stopped': true,
  warning: true,
  error: true,
}

interface Emitting {
  on<Name extends QueueEventName>(name: Name, listener: (event: QueueEvents[Name]) => void): () => void
}

/** Every event from now on, in order. The list grows while the queue is used. */
export function recordEvents(queue: Emitting): readonly RecordedEvent[] {
  const events: RecordedEvent[] = []
  for (const name of Object.keys(everyName) as QueueEventName[]) {
    queue.on(name, (event) => events.push({ name, event } as RecordedEvent))
  }
  return events
}
