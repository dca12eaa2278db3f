import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from './system-clock.ts'

describe('systemClock', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('tells the wall time and a time that only grows', () => {
    vi.setSystemTime(1_000_000)
    const before = systemClock.monotonic()
    vi.advanceTimersByTime(250)
    expect(systemClock.wall()).toBe(1_000_250)
    expect(systemClock.monotonic() - before).toBe(250)
    vi.setSystemTime(0)
    expect(systemClock.monotonic() - before).toBe(250)
  })

  it('calls once, when the time has passed', () => {
    const callback = vi.fn()
    systemClock.setTimer(100, callback)
    vi.advanceTimersByTime(99)
    expect(callback).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1_000)
    expect(callback).toHaveBeenCalledOnce()
  })

  it('does not call after it was cancelled, and can be cancelled at any time', () => {
    const callback = vi.fn()
    const timer = systemClock.setTimer(100, callback)
    timer.cancel()
    timer.cancel()
    vi.advanceTimersByTime(1_000)
    expect(callback).not.toHaveBeenCalled()
    const fired = systemClock.setTimer(0, callback)
    vi.advanceTimersByTime(1)
    fired.cancel()
    expect(callback).toHaveBeenCalledOnce()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('waits longer than one timer of the platform can', () => {
    const callback = vi.fn()
    const days = 60 * 86_400_000
    systemClock.setTimer(days, callback)
    const cancelled = systemClock.setTimer(days, callback)
    vi.advanceTimersByTime(30 * 86_400_000)
    cancelled.cancel()
    vi.advanceTimersByTime(days / 2 - 1)
    expect(callback).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(callback).toHaveBeenCalledOnce()
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a process', () => {
  it.each([
    ['lives until its timer has fired', `clock.setTimer(20, () => console.log('fired'))`, 'fired'],
    ['ends when its timers are cancelled', `clock.setTimer(1e9, () => console.log('fired')).cancel()`, ''],
    ['ends when a long timer is cancelled', `clock.setTimer(1e12, () => console.log('fired')).cancel()`, ''],
  ])('%s', { timeout: 30_000 }, async (_what, use, output) => {
    const file = JSON.stringify(join(import.meta.dirname, 'system-clock.ts'))
    expect(await run(`import { systemClock as clock } from ${file}; ${use}`)).toBe(output)
  })
})

async function run(source: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module-typescript', '-e', source])
  return stdout.trim()
}
