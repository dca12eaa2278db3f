import type { Executor } from './executor.ts'
import { encodeNotification } from './notification.ts'
import { notify } from './statements/notify.ts'

/** Between two notifications: a calm sender's wait and a busy one's. */
const shortestGapMs = 5
const longestGapMs = 50

export interface NotifierParts {
  readonly executor: Executor
  readonly channel: string
  readonly sender: string
  /** The application may have closed its ORM meanwhile; that must not open it again. */
  readonly isOpen: () => boolean
}

/**
 * Tells other processes of jobs that became due, after their commit and apart from it: commits that notify wait for one
 * another all over the server. The first notification goes out at once; what comes within the next 5 ms goes out together
 * at their end. While that keeps happening the gap doubles, up to 50 ms: workers that are told so often are busy, and
 * find the rest by themselves. A notification may be lost: a poll stays the truth.
 */
export class Notifier {
  readonly #parts: NotifierParts
  #queues = new Set<string>()
  #timer: NodeJS.Timeout | undefined
  #sending: Promise<void> | undefined
  #last = -Infinity
  #gapMs = shortestGapMs

  constructor(parts: NotifierParts) {
    this.#parts = parts
  }

  /** A process does not listen to itself: its own workers knew at once. */
  get sender(): string {
    return this.#parts.sender
  }

  /** Names of queues, or one of the marks of a notification. */
  tell(queues: readonly string[]): void {
    for (const queue of queues) this.#queues.add(queue)
    this.#next()
  }

  /** What was told and not sent yet goes out now. */
  async flush(): Promise<void> {
    await this.#sending
    clearTimeout(this.#timer)
    this.#timer = undefined
    await this.#send()
  }

  #next(): void {
    if (this.#queues.size === 0 || this.#timer !== undefined || this.#sending !== undefined) return
    const wait = this.#last + this.#gapMs - performance.now()
    if (wait <= 0) {
      this.#gapMs = shortestGapMs
      return void this.#send()
    }
    this.#gapMs = Math.min(2 * this.#gapMs, longestGapMs)
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.#send()
    }, wait).unref()
  }

  async #send(): Promise<void> {
    const { executor, channel, sender, isOpen } = this.#parts
    const queues = [...this.#queues]
    this.#queues.clear()
    if (queues.length === 0 || !isOpen()) return
    this.#last = performance.now()
    this.#sending = executor.run(notify, [channel, encodeNotification(sender, queues)]).then(
      () => undefined,
      () => undefined,
    )
    await this.#sending
    this.#sending = undefined
    this.#next()
  }
}
