import { describeError } from '../job/describe-error.ts'
import { blameOwnerOf } from './stray-errors.ts'

const stopSignals = ['SIGTERM', 'SIGINT'] as const

export interface ProcessListener {
  /** The first signal: stop, and let running jobs end. */
  readonly first: () => void
  /** Any further one: give everything back now. */
  readonly again: () => void
  /** An error that no job made: the process cannot be trusted any more. Resolves when it may end. */
  readonly broken: (error: unknown) => Promise<void>
}

/** All of a process's, because it ends once: when the last of them says so. */
const listening = new Set<ProcessListener>()

/**
 * Listens to the signals that ask a process to stop, and to errors that nobody caught; returns what ends that. The only
 * place that knows a process.
 */
export function onProcess(listener: ProcessListener): () => void {
  const { first, again } = listener
  let received = 0
  const onSignal = (): void => {
    received += 1
    if (received === 1) first()
    else again()
  }
  for (const signal of stopSignals) process.on(signal, onSignal)
  if (listening.size === 0) process.on('uncaughtException', onException).on('unhandledRejection', onRejection)
  listening.add(listener)
  return () => {
    for (const signal of stopSignals) process.off(signal, onSignal)
    if (!listening.delete(listener) || listening.size > 0) return
    process.off('uncaughtException', onException).off('unhandledRejection', onRejection)
  }
}

function onException(error: unknown): void {
  if (!blameOwnerOf(error)) end(error)
}

/** Where the application listens too it has decided what becomes of its own. */
function onRejection(error: unknown): void {
  if (!blameOwnerOf(error) && process.listenerCount('unhandledRejection') === 1) end(error)
}

/** As Node would have, but after the jobs. */
function end(error: unknown): void {
  const { name, message, stack } = describeError(error)
  process.stderr.write(`${stack ?? `${name}: ${message}`}\n`)
  void Promise.all([...listening].map(({ broken }) => broken(error))).finally(() => process.exit(1))
}
