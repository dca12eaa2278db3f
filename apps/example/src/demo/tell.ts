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
      return { text: `${job} failed for good (${event.text ?? ''}): ${error}`, style: 'red' }
    case 'job:lost':
      return { text: `${job} its outcome came too late and was not taken`, style: 'yellow' }
    case 'job:reaped':
      return { text: `${job} taken away from a silent worker`, style: 'yellow' }
    case 'warning':
    case 'error':
      return { text: `${event.name}: ${event.text ?? ''} ${error}`, style: 'yellow' }
    default:
      return undefined
  }
}

function firstLine(text = ''): string {
  return text.split('\n', 1)[0] ?? ''
}
