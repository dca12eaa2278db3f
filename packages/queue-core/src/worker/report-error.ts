import type { Runtime } from '../runtime.ts'

type OnError = NonNullable<Runtime['onError']>

/** Hands an attempt's error to the application's tracker; a tracker that fails harms no job. */
export function reportError(runtime: Runtime, error: unknown, job: Parameters<OnError>[1]): void {
  if (runtime.onError === undefined) return
  const failed = (): void => {
    runtime.events.emit('warning', {
      code: 'on_error_failed',
      message: 'The onError callback threw an error.',
      jobId: job.id,
      type: job.type,
    })
  }
  try {
    const returned: unknown = runtime.onError(error, job)
    if (returned instanceof Promise) returned.catch(failed)
  } catch {
    failed()
  }
}
