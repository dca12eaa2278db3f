import { inRootContext } from './root-context.ts'
import type { WorkerComponents } from './worker-components.ts'
import type { WorkerParts } from './worker-parts.ts'

/**
 * What may make a worker look sooner than its timers do. Whoever tells does so in the middle of a call of its own: a
 * request of the application, a message of the database. Each returns the end of it.
 */
export function listenForWork({ runtime, options }: WorkerParts, { poller }: WorkerComponents): () => void {
  const { driver, events } = runtime
  const queues = options.queues.map(({ queue }) => queue)
  const wake = (due: readonly string[]): void => inRootContext(() => poller.wake(due))
  const ends = [
    driver.wakeups?.subscribe(wake),
    events.on('job:dispatched', ({ queue, delayMs }) => {
      if (delayMs !== undefined && queues.includes(queue)) inRootContext(() => poller.dueIn(delayMs))
    }),
    events.on('queue:paused', ({ forMs }) => {
      if (forMs !== undefined) inRootContext(() => poller.pausedFor(forMs))
    }),
    events.on('queue:resumed', () => wake(queues)),
  ]
  return () => ends.forEach((end) => end?.())
}

/** Until the last job is given back: also a worker that stops has running ones. */
export function listenForCancels({ runtime }: WorkerParts, { keeper }: WorkerComponents): () => void {
  return runtime.onCancelRequested((request) => inRootContext(() => keeper.hint(request)))
}
