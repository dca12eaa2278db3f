import type { CancelVerdict, DriverWakeups } from '@goplate/queue-core'
import type { CommitWake, WakeListener } from '../commit-wake.ts'
import type { Connections } from './connections.ts'
import { Listener } from './listener.ts'
import { allQueues, cancelRequested, channelOf, decodeNotification } from './notification.ts'
import { Notifier } from './notifier.ts'
import { randomUUID } from 'node:crypto'

export interface WakeupsParts {
  readonly connections: Connections
  readonly commitWake: CommitWake
  readonly schema: string
  readonly notify: boolean
}

export function postgresWakeups({ connections, commitWake, schema, notify }: WakeupsParts): PostgresWakeups {
  if (!notify) return new PostgresWakeups({ commitWake })
  const channel = channelOf(schema)
  const isOpen = () => connections.isOpen
  const open = () => connections.openClient()
  const sender = randomUUID()
  return new PostgresWakeups({
    commitWake,
    notifier: new Notifier({ executor: connections.pool, channel, sender, isOpen }),
    listenWith: (heard) => new Listener({ open, channel, ...heard }),
  })
}

interface Parts {
  readonly commitWake: CommitWake
  readonly notifier?: Notifier
  readonly listenWith?: (heard: { onMessage(payload: string): void; onListening(): void }) => Listener
}

/**
 * Wake-ups of this process, and of others when there is a listener: it listens from the first subscription to the last.
 */
export class PostgresWakeups implements DriverWakeups {
  readonly fromOtherProcesses: boolean
  readonly #commitWake: CommitWake
  readonly #listener: Listener | undefined
  readonly #notifier: Notifier | undefined
  readonly #endNotifying: (() => void) | undefined
  readonly #subscriptions = new Set<WakeListener>()
  readonly #cancelListeners = new Set<() => void>()
  /** The queues this process claims from: whoever works on others has no use for a wake-up. */
  readonly #claimed = new Set<string>()

  constructor({ commitWake, notifier, listenWith }: Parts) {
    this.#commitWake = commitWake
    this.#notifier = notifier
    this.#endNotifying = notifier && commitWake.subscribe((queues) => notifier.tell(queues))
    this.#listener = listenWith?.({
      onMessage: (payload) => this.#hear(payload),
      // What was told meanwhile was missed.
      onListening: () => {
        this.#wake([...this.#claimed])
        this.#tellOfCancels()
      },
    })
    this.fromOtherProcesses = this.#listener !== undefined
  }

  noteClaimed(queues: readonly { readonly queue: string }[]): void {
    for (const { queue } of queues) this.#claimed.add(queue)
  }

  subscribe(listener: WakeListener): () => void {
    const own: WakeListener = (queues) => listener(queues)
    const end = this.#commitWake.subscribe(own)
    this.#subscriptions.add(own)
    this.#listener?.start()
    return () => {
      end()
      this.#subscriptions.delete(own)
      this.#rest()
    }
  }

  onCancelRequested(listener: () => void): () => void {
    const own = (): void => listener()
    this.#cancelListeners.add(own)
    this.#listener?.start()
    return () => {
      this.#cancelListeners.delete(own)
      this.#rest()
    }
  }

  /** Tells whoever may hold one of these jobs. */
  noteCancelled(verdicts: readonly CancelVerdict[]): void {
    if (!verdicts.includes('requested')) return
    this.#tellOfCancels()
    this.#notifier?.tell([cancelRequested])
  }

  /** What stood still in some queues goes on; which ones is not known here. */
  wakeAll(): void {
    this.#wake([...this.#claimed])
    this.#notifier?.tell([allQueues])
  }

  async close(): Promise<void> {
    this.#endNotifying?.()
    await Promise.all([this.#listener?.stop(), this.#notifier?.flush()])
  }

  #hear(payload: string): void {
    const heard = decodeNotification(payload)
    if (heard === undefined || heard.sender === this.#notifier?.sender) return
    this.#wake(heard.queues === 'all' ? [...this.#claimed] : heard.queues)
    if (heard.cancelRequested) this.#tellOfCancels()
  }

  #rest(): void {
    if (this.#subscriptions.size + this.#cancelListeners.size === 0) void this.#listener?.stop()
  }

  #tellOfCancels(): void {
    for (const listener of [...this.#cancelListeners]) tolerantly(listener)
  }

  #wake(queues: readonly string[]): void {
    if (queues.length === 0) return
    for (const subscription of [...this.#subscriptions]) tolerantly(() => subscription(queues))
  }
}

function tolerantly(listener: () => void): void {
  try {
    listener()
  } catch {
    // It is a hint; the connection that brought it must not suffer, nor the call that caused it.
  }
}
