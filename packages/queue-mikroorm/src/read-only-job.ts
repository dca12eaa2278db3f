import { InvalidOptionError } from '@goplate/queue-core'
import type { EventSubscriber } from '@mikro-orm/core'

export function readOnlyJobError(): InvalidOptionError {
  return new InvalidOptionError(
    'QueueJob',
    'it is a view of the queue and cannot be written through the ORM. ' +
      'Store a job with queue.dispatch(), change one with queue.cancel() or queue.retry().',
  )
}

/** Refuses a flush that would change or delete a job behind the queue's back, before any SQL is sent. */
export class ReadOnlyJobGuard implements EventSubscriber {
  readonly #entity: { new (): object }

  constructor(entity: { new (): object }) {
    this.#entity = entity
  }
  getSubscribedEntities(): { new (): object }[] {
    return [this.#entity]
  }
  beforeCreate(): void {
    throw readOnlyJobError()
  }
  beforeUpdate(): void {
    throw readOnlyJobError()
  }
  beforeUpsert(): void {
    throw readOnlyJobError()
  }
  beforeDelete(): void {
    throw readOnlyJobError()
  }
}
