import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { NativeClient } from './native-client.ts'

export interface ListenerParts {
  readonly open: () => Promise<NativeClient>
  readonly channel: string
  readonly onMessage: (payload: string) => void
  /** It hears from now on; what was told before may have been missed. */
  readonly onListening: () => void
  readonly timing?: ListenerTiming
}
export interface ListenerTiming {
  readonly heartbeatMs: number
  /** How long a notification to itself may take. */
  readonly patienceMs: number
  /** Before the first attempt to connect again; doubled each time up to `maxPauseMs`. */
  readonly pauseMs: number
  readonly maxPauseMs: number
  /** How long a server may take to hear that the connection ends. */
  readonly partingMs: number
}
const production: ListenerTiming = {
  heartbeatMs: 10_000,
  patienceMs: 5_000,
  pauseMs: 100,
  maxPauseMs: 10_000,
  partingMs: 1_000,
}

/** Marks a message of a listener to itself; no sender's name begins so. */
const beat = '!'

/**
 * A connection that listens while it is wanted. It notifies itself and expects to hear it: nothing else shows a
 * half-open connection or a registration that got lost. Whatever goes wrong, it connects again.
 */
export class Listener {
  readonly #parts: ListenerParts
  readonly #timing: ListenerTiming
  #stop: AbortController | undefined
  #running: Promise<void> = Promise.resolve()

  constructor(parts: ListenerParts) {
    this.#parts = parts
    this.#timing = parts.timing ?? production
  }

  start(): void {
    if (this.#stop !== undefined) return
    const stop = new AbortController()
    this.#stop = stop
    this.#running = this.#running.then(() => this.#run(stop.signal))
  }

  /** Resolves when the connection is given back, or soon: a server that does not answer is not waited for. */
  stop(): Promise<void> {
    this.#stop?.abort()
    this.#stop = undefined
    return within(this.#timing.partingMs, this.#running).catch(() => undefined)
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { pauseMs, maxPauseMs } = this.#timing
    let wait = pauseMs
    while (!signal.aborted) {
      await this.#listen(signal, () => void (wait = pauseMs)).catch(() => undefined)
      await sleep(wait * (0.5 + Math.random() / 2), signal)
      wait = Math.min(wait * 2, maxPauseMs)
    }
  }

  /** Until the connection is lost or not wanted any more. */
  async #listen(signal: AbortSignal, onSuccess: () => void): Promise<void> {
    const client = await this.#parts.open()
    const ears = new Ears(client, this.#parts)
    try {
      await within(this.#timing.patienceMs, client.query(`listen "${this.#parts.channel}"`))
      await ears.hearOneself(this.#timing.patienceMs)
      onSuccess()
      this.#parts.onListening()
      while (!(await ears.closedWithin(this.#timing.heartbeatMs, signal))) {
        await ears.hearOneself(this.#timing.patienceMs)
      }
    } finally {
      await sayGoodbye(client, this.#timing.partingMs)
    }
  }
}

/** What arrives on one connection. */
class Ears {
  readonly #client: NativeClient
  readonly #channel: string
  readonly #lost = new AbortController()
  #expected = ''
  #heard: () => void = () => undefined

  constructor(client: NativeClient, { channel, onMessage }: ListenerParts) {
    this.#client = client
    this.#channel = channel
    client.on('end', () => this.#lost.abort())
    client.on('error', () => this.#lost.abort())
    client.on('notification', ({ channel: from, payload = '' }) => {
      if (from !== channel) return
      if (payload === this.#expected) this.#heard()
      else if (!payload.startsWith(beat)) onMessage(payload)
    })
  }

  async hearOneself(patienceMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#expected = `${beat}${randomUUID()}`
    this.#heard = resolve
    const values = [this.#channel, this.#expected]
    const sent = this.#client.query({ text: 'select pg_notify($1, $2)', values, query_timeout: patienceMs })
    await within(patienceMs, Promise.all([sent, promise]))
  }

  /** True when the connection went away meanwhile, or is not wanted any more. */
  async closedWithin(ms: number, signal: AbortSignal): Promise<boolean> {
    const either = AbortSignal.any([signal, this.#lost.signal])
    await sleep(ms, either)
    return either.aborted
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return pause(ms, undefined, { signal, ref: false }).catch(() => undefined)
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = new AbortController()
  const timeout = pause(ms, undefined, { signal: late.signal, ref: false }).then(() => {
    throw new Error('Nothing was heard in time.')
  })
  timeout.catch(() => undefined)
  try {
    return await Promise.race([work, timeout])
  } finally {
    late.abort()
  }
}

/** A server that hears nothing is not waited for. */
async function sayGoodbye(client: NativeClient, partingMs: number): Promise<void> {
  await within(partingMs, client.end()).catch(() => undefined)
  client.connection?.stream?.destroy()
}
