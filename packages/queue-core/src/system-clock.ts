import type { Clock, Timer } from './clock.ts'

/** What one timer of the platform can wait; it fires at once when asked for more. */
const longestTimerMs = 2 ** 31 - 1

/**
 * The clock of the machine. Its timers keep the process alive, and that is wanted: a worker on SQLite may have nothing
 * else that does. Whoever sets a timer cancels it when it stops.
 */
export const systemClock: Clock = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer,
}

function setTimer(delayMs: number, callback: () => void): Timer {
  const end = performance.now() + delayMs
  let pending = wait(delayMs)
  return { cancel: () => clearTimeout(pending) }

  function wait(ms: number): ReturnType<typeof setTimeout> {
    return ms > longestTimerMs ? setTimeout(goOn, longestTimerMs) : setTimeout(callback, ms)
  }
  function goOn(): void {
    pending = wait(Math.max(0, end - performance.now()))
  }
}
