import { channel } from 'node:diagnostics_channel'
import type { DriverCall } from '../driver/observed-driver.ts'
import type { EventEmitter } from '../event-emitter.ts'
import type { QueueEvents } from '../events.ts'

const driverCalls = channel('goplate.queue.driver')

/**
 * Publishes every event on the diagnostics channel `goplate.queue.<name>` (`goplate.queue.job.finished`), for tracers
 * that never see the queue object. Costs a look-up per event and nothing more while nobody subscribes.
 */
export function publishEvents(events: EventEmitter<QueueEvents>): void {
  const channels = new Map<keyof QueueEvents, ReturnType<typeof channel>>()
  events.observe((name, payload) => {
    let target = channels.get(name)
    if (target === undefined) channels.set(name, (target = channel(`goplate.queue.${name.replace(':', '.')}`)))
    if (target.hasSubscribers) target.publish(payload)
  })
}

/** Publishes each storage call, with its duration, on `goplate.queue.driver`. */
export function publishDriverCall(call: DriverCall): void {
  if (driverCalls.hasSubscribers) driverCalls.publish(call)
}
