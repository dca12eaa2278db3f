const stopSignals = ['SIGTERM', 'SIGINT'] as const

export interface StopSignals {
  /** The first: stop, and let running jobs end. */
  readonly first: () => void
  /** Any further one: give everything back now. */
  readonly again: () => void
}

/** Listens to the signals that ask a process to stop; returns what ends that. The only place that knows a process. */
export function onStopSignals({ first, again }: StopSignals): () => void {
  let received = 0
  const listener = (): void => {
    received += 1
    if (received === 1) first()
    else again()
  }
  for (const signal of stopSignals) process.on(signal, listener)
  return () => {
    for (const signal of stopSignals) process.off(signal, listener)
  }
}
