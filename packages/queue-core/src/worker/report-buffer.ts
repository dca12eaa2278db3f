import type { Timer } from '../clock.ts'
import type { AttemptReport, LogLine } from '../driver/driver-groups.ts'
import { cleanText } from '../job/clean-text.ts'
import type { HeldJob } from './held-job.ts'
import type { WorkerParts } from './worker-parts.ts'

const flushMs = 1_000
const mostBytesPerLine = 2_048
const mostLinesPerAttempt = 1_000
const mostLinesPerReport = 100
const mostLinesPerCall = 1_000
/** Of all attempts together: what is told faster than storage takes it must not fill the memory. */
const mostLinesBuffered = 5_000
/** A settlement waits this long at most for the lines of its attempt: they are worth less than it. */
const mostWaitMs = 2_000

interface Told {
  percent: number | undefined
  /** Not sent yet. */
  lines: LogLine[]
  /** So far, sent or not. */
  count: number
  /** It told more than is kept. */
  isFull: boolean
}

/**
 * What handlers tell of their progress, until storage has it. They never wait for it: the last progress and a bounded
 * number of lines are kept, sent once a second and before the attempt is settled, and given up if storage does not
 * take them the second time. Without the driver's `reports` nothing is kept at all.
 */
export class ReportBuffer {
  readonly #parts: WorkerParts
  readonly #onChange: () => void
  readonly #told = new WeakMap<HeldJob, Told>()
  readonly #dirty = new Set<HeldJob>()
  readonly #underWay = new Set<HeldJob>()
  #buffered = 0
  #awaited = 0
  #sending: Promise<void> | undefined
  #timer: Timer | undefined

  constructor(parts: WorkerParts, onChange: () => void) {
    this.#parts = parts
    this.#onChange = onChange
  }

  /** Settlements and completions that wait until the reports of their attempt are sent. */
  get awaited(): number {
    return this.#awaited
  }

  progress(held: HeldJob, percent: number): void {
    if (this.#parts.runtime.driver.reports === undefined) return
    this.#toldOf(held).percent = percent
    this.#gotDirty(held)
  }

  log(held: HeldJob, message: unknown, level: LogLine['level']): void {
    if (this.#parts.runtime.driver.reports === undefined) return
    const told = this.#toldOf(held)
    if (told.isFull) return
    told.isFull = told.count >= mostLinesPerAttempt || this.#buffered >= mostLinesBuffered
    const text = told.isFull ? 'Further lines of this attempt are not kept.' : textOf(message)
    told.count += 1
    told.lines.push({ line: told.count, level: told.isFull ? 'warn' : level, message: text })
    this.#buffered += 1
    this.#gotDirty(held)
  }

  /** Resolves when what this attempt told is stored or given up; undefined when there is nothing to wait for. */
  flush(held: HeldJob): Promise<void> | undefined {
    if (!this.#isOpen(held)) return undefined
    this.#awaited += 1
    return new Promise((resolve) => {
      let timer: Timer | undefined = undefined
      const over = (): void => {
        if (timer === undefined) return
        timer.cancel()
        timer = undefined
        resolve()
        // After whoever waits has gone on: in between, a worker that stops must not believe that all is quiet.
        void Promise.resolve().then(() => {
          this.#awaited -= 1
          this.#onChange()
        })
      }
      timer = this.#parts.runtime.clock.setTimer(mostWaitMs, over)
      void this.#sendAllOf(held).then(over)
    })
  }

  /** Nothing it told can apply any more. */
  forget(held: HeldJob): void {
    this.#take(held, Infinity)
    if (this.#dirty.size === 0) this.#disarm()
  }

  close(): void {
    for (const held of [...this.#dirty]) this.forget(held)
  }

  #toldOf(held: HeldJob): Told {
    let told = this.#told.get(held)
    if (told === undefined) {
      this.#told.set(held, (told = { percent: undefined, lines: [], count: 0, isFull: false }))
    }
    return told
  }

  #isOpen(held: HeldJob): boolean {
    return this.#dirty.has(held) || this.#underWay.has(held)
  }

  #gotDirty(held: HeldJob): void {
    this.#dirty.add(held)
    this.#timer ??= this.#parts.runtime.clock.setTimer(flushMs, () => {
      this.#timer = undefined
      void this.#send()
    })
  }

  #disarm(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  async #sendAllOf(held: HeldJob): Promise<void> {
    while (this.#isOpen(held)) await this.#send(held)
  }

  /** One call at a time. */
  #send(first?: HeldJob): Promise<void> {
    this.#sending ??= this.#sendSome(first).finally(() => {
      this.#sending = undefined
      const [next] = this.#dirty
      if (next === undefined) this.#disarm()
      else this.#gotDirty(next)
    })
    return this.#sending
  }

  async #sendSome(first: HeldJob | undefined): Promise<void> {
    const reports: AttemptReport[] = []
    let lines = 0
    for (const held of new Set([...(first === undefined ? [] : [first]), ...this.#dirty])) {
      const report = this.#take(held, Math.min(mostLinesPerReport, mostLinesPerCall - lines))
      if (report === undefined) continue
      reports.push(report)
      this.#underWay.add(held)
      lines += report.lines?.length ?? 0
      if (lines >= mostLinesPerCall) break
    }
    if (reports.length > 0) await this.#report(reports)
    this.#underWay.clear()
  }

  async #report(reports: readonly AttemptReport[]): Promise<void> {
    const { driver, events } = this.#parts.runtime
    const send = (): Promise<void> => driver.reports!.report({ worker: this.#parts.options.name, reports })
    try {
      await send().catch(send)
    } catch {
      const message = `Storage did not take the progress and log lines of ${reports.length} attempts; they are dropped.`
      events.emit('warning', { code: 'reports_dropped', message })
    }
  }

  #take(held: HeldJob, most: number): AttemptReport | undefined {
    if (!this.#dirty.has(held)) return undefined
    const told = this.#toldOf(held)
    const lines = told.lines.splice(0, most)
    const { percent } = told
    told.percent = undefined
    this.#buffered -= lines.length
    if (told.lines.length === 0) this.#dirty.delete(held)
    if (lines.length === 0 && percent === undefined) return undefined
    return {
      claim: held.job.claim,
      ...(percent !== undefined && { percent }),
      ...(lines.length > 0 && { lines }),
    }
  }
}

/** A line that cannot be made text must not fail the work it tells of. */
function textOf(message: unknown): string {
  try {
    return cleanText(String(message), mostBytesPerLine)
  } catch {
    return '[unreadable]'
  }
}
