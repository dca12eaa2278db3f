import { EventEmitter } from '../event-emitter.ts'
import type { QueueEvents } from '../events.ts'
import type { Logger } from '../logger.ts'

/** The events of a queue. What somebody should look into is also written to its logger, before the listeners hear of it. */
export function loggedEvents(logger: Logger): EventEmitter<QueueEvents> {
  const write = (level: 'warn' | 'error', fields: object, message: string): void => {
    try {
      logger[level](fields, message)
    } catch {
      // There is nobody left to tell, and a logger that fails must not harm a worker.
    }
  }
  const events = new EventEmitter<QueueEvents>((error, name) =>
    write('error', { err: error, event: name }, `listener of ${name} failed`),
  )
  events.on('warning', ({ message, ...fields }) => write('warn', fields, message))
  events.on('error', ({ error, during }) => write('error', { err: error, during }, `${during} failed`))
  return events
}
