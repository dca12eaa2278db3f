import type { QueueEventName } from '@goplate/queue-core'
import type { AppSettings } from '../../app/settings.ts'

/** What a worker process is started with. */
export interface WorkerSettings extends AppSettings {
  readonly name: string
}

/** An event of a worker process's queue, as it comes over the wire. */
export interface WorkerEvent {
  readonly name: QueueEventName | 'freezer:armed'
  readonly jobId?: string
  readonly attempt?: number
  readonly delayMs?: number
  readonly error?: string
  readonly text?: string
}

export const eventsToldToTheDemo: readonly QueueEventName[] = [
  'worker:started',
  'worker:stopped',
  'job:started',
  'job:finished',
  'job:retrying',
  'job:failed',
  'job:cancelled',
  'job:released',
  'job:lost',
  'job:reaped',
  'warning',
  'error',
]

/** What of an event fits through a pipe. */
export function toWire(name: QueueEventName, event: object): WorkerEvent {
  const { error, result: _result, reason, message, during, ...facts } = event as Record<string, unknown>
  const text = [reason, message, during].filter((part) => typeof part === 'string').join(' ')
  return { ...facts, name, text, ...(error === undefined ? {} : { error: messageOf(error) }) }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
