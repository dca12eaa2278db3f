import type { WorkerEvent } from './workers/wire.ts'

type Line = { readonly text: string; readonly style?: 'green' | 'red' | 'yellow' | 'dim' }

/** What a person should read about an event of a worker; nothing about those that only repeat the story. */
export function tell(event: WorkerEvent, nameOf: (id: string | undefined) => string): Line | undefined {
  const job = `${nameOf(event.jobId)}:`
  const error = firstLine(event.error)
  switch (event.name) {
    case 'worker:started':
      return { text: 'started', style: 'dim' }
    case 'worker:stopped':
      return { text: 'stopped in good order', style: 'dim' }
    case 'job:started':
      return { text: `${job} attempt ${event.attempt ?? 0} starts`, style: 'dim' }
    case 'job:finished':
      return { text: `${job} finished`, style: 'green' }
    case 'job:retrying':
      return { text: `${job} ${error}; again in ${(event.delayMs ?? 0) / 1000} s`, style: 'yellow' }
    case 'job:failed':
      return { text: `${job} failed for good, ${event.text ?? ''}: ${error}`, style: 'red' }
    case 'job:lost':
      return { text: `${job} its outcome came too late and does not count`, style: 'yellow' }
    case 'job:reaped':
      return { text: `${job} taken away from the silent worker, due again`, style: 'yellow' }
    case 'warning':
    case 'error':
      return { text: `${event.name}: ${event.text ?? ''} ${error}`, style: 'yellow' }
    default:
      return undefined
  }
}

/** So much of an error as fits into a line. */
function firstLine(text = ''): string {
  const line = text.split('\n', 1)[0] ?? ''
  return line.length > 90 ? `${line.slice(0, 89)}…` : line
}
