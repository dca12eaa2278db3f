import type { NativeClient, NativePool, NativeQuery, NativeResult, PooledClient } from './native-client.ts'

/** The parts of PGlite that the driver uses. */
interface Pglite extends PgliteSession {
  readonly parsers: Readonly<Record<string, unknown>>
  /** Everybody else's statements wait until it has ended. */
  transaction<T>(work: (session: PgliteSession) => Promise<T>): Promise<T>
  /** Of every channel the session listens to; returns the end. */
  onNotification(listener: (channel: string, payload: string) => void): () => void
}
interface PgliteSession {
  query(text: string, values: readonly unknown[], options: PgliteOptions): Promise<NativeResult>
}
interface PgliteOptions {
  readonly parsers: Readonly<Record<string, (value: string) => string>>
}

/** The ORM's pool; or, when it runs PGlite, which has neither pool nor clients, something that can pass for one. */
export function poolOf(native: NativePool | Pglite): NativePool {
  return 'Client' in native ? native : new PglitePool(native)
}

export function isPglite(pool: NativePool): boolean {
  return pool instanceof PglitePool
}

/**
 * PGlite is one session inside this process, shared with the application: its clients are not connections, and the
 * session's settings stay as the application made them. Its statements are planned anew each time, so the plans that
 * those settings are for are never kept.
 */
class PglitePool implements NativePool {
  readonly options = {}
  readonly Client: new (options: object) => NativeClient
  readonly #pglite: Pglite

  constructor(pglite: Pglite) {
    this.#pglite = pglite
    this.Client = class extends PgliteClient {
      constructor() {
        super(pglite)
      }
    }
  }

  query(query: NativeQuery): Promise<NativeResult> {
    return new PgliteClient(this.#pglite).query(query)
  }

  async connect(): Promise<PooledClient> {
    return new PgliteClient(this.#pglite)
  }
}

/** Takes the session for itself from `begin` to `commit` or `rollback`; else each statement stands alone. */
class PgliteClient implements PooledClient {
  readonly #pglite: Pglite
  readonly #ends: (() => void)[] = []
  #transaction: OpenTransaction | undefined

  constructor(pglite: Pglite) {
    this.#pglite = pglite
  }

  async query(query: NativeQuery | string): Promise<NativeResult> {
    const { text, values = [] } = typeof query === 'string' ? { text: query } : query
    if (text.startsWith('begin')) this.#transaction = await beginOn(this.#pglite)
    else if (text === 'commit' || text === 'rollback') await this.#end(text)
    else return (this.#transaction?.session ?? this.#pglite).query(text, values, asText(this.#pglite))
    return { rows: [] }
  }

  async connect(): Promise<void> {}

  /** The session does not end and is never lost. */
  on(event: 'error' | 'end', listener: () => void): void
  on(event: 'notification', listener: (message: { channel: string; payload?: string }) => void): void
  on(event: string, listener: (message: { channel: string; payload?: string }) => void): void {
    if (event !== 'notification') return
    this.#ends.push(this.#pglite.onNotification((channel, payload) => listener({ channel, payload })))
  }

  async end(): Promise<void> {
    for (const stopHearing of this.#ends.splice(0)) stopHearing()
    await this.#end('rollback')
  }

  release(): void {
    void this.#end('rollback')
  }

  async #end(how: 'commit' | 'rollback'): Promise<void> {
    const transaction = this.#transaction
    this.#transaction = undefined
    await transaction?.end(how)
  }
}

interface OpenTransaction {
  readonly session: PgliteSession
  end(how: 'commit' | 'rollback'): Promise<void>
}

/** PGlite runs transactions as callbacks; this one's waits to be told how it ends. */
async function beginOn(pglite: Pglite): Promise<OpenTransaction> {
  const begun = Promise.withResolvers<PgliteSession>()
  const ending = Promise.withResolvers<void>()
  const rolledBack = new Error('rolled back') // PGlite rolls back what rejects, and passes the reason on
  const ended = pglite.transaction((session) => {
    begun.resolve(session)
    return ending.promise
  })
  ended.catch(begun.reject)
  return {
    session: await begun.promise,
    async end(how) {
      if (how === 'commit') ending.resolve()
      else ending.reject(rolledBack)
      try {
        await ended
      } catch (error) {
        if (error !== rolledBack) throw error
      }
    },
  }
}

/** Values stay text, as on the driver's own connections. */
function asText({ parsers }: Pglite): PgliteOptions {
  return { parsers: Object.fromEntries(Object.keys(parsers).map((type) => [type, (value: string) => value])) }
}
