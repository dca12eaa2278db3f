/** A pending timer; `cancel` is safe to call at any time, also after it fired. */
export interface Timer {
  cancel(): void
}

/**
 * Local time, for timers and for judging our own lateness. It never decides what is due or whose lease has run out:
 * the database's clock does.
 */
export interface Clock {
  /** Milliseconds since 1970 by the wall clock. For log lines and records people read. */
  wall(): number
  /** Milliseconds that only ever grow. For deadlines and durations. */
  monotonic(): number
  /** Calls `callback` once, `delayMs` from now. */
  setTimer(delayMs: number, callback: () => void): Timer
}
