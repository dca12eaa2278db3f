import { QueueClosedError } from '@goplate/queue-core'
import { setTimeout as pause } from 'node:timers/promises'
import { storageErrorOf } from './error-mapping.ts'
import { nativeQuery, type Executor, type QuerySettings } from './executor.ts'
import type { NativeClient, NativeQuery } from './native-client.ts'
import type { Row } from './row-mapping.ts'
import type { Statement, StatementTexts } from './statement.ts'

/** How long a server may take to hear that a connection ends. */
const partingMs = 1000

export interface OwnClientOptions {
  /** A connected client with its session settings made. */
  readonly open: () => Promise<NativeClient>
  /** Begins a transaction with settings of its own around every statement, where the session may have none. */
  readonly opening?: string
  readonly texts: StatementTexts
  readonly settings: QuerySettings
}

/**
 * A connection of the driver's own, opened by the first statement. Statements run one after the other. After a failure
 * of the connection the socket is destroyed and the next statement opens a new one; when to try again is the caller's
 * business.
 */
export class OwnClient implements Executor {
  readonly #options: OwnClientOptions
  #client: Promise<NativeClient> | undefined
  #last: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(options: OwnClientOptions) {
    this.#options = options
  }

  run(statement: Statement, values: readonly unknown[], now?: number): Promise<readonly Row[]> {
    const result = this.#last.then(() => this.#run(statement, values, now))
    this.#last = result.catch(() => undefined)
    return result
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#last
    const client = await this.#client?.catch(() => undefined)
    this.#client = undefined
    if (client === undefined) return
    await Promise.race([client.end().catch(() => undefined), pause(partingMs, undefined, { ref: false })])
    client.connection?.stream?.destroy()
  }

  async #run(statement: Statement, values: readonly unknown[], now?: number): Promise<readonly Row[]> {
    if (this.#closed) throw new QueueClosedError()
    const client = await this.#connected()
    const { texts, settings, opening } = this.#options
    const query = nativeQuery(texts.bind(statement, values, now), settings)
    try {
      return opening === undefined ? (await client.query(query)).rows : await this.#runBetween(opening, client, query)
    } catch (thrown) {
      const error = storageErrorOf(thrown)
      if (error.breaksConnection || (opening !== undefined && !(await this.#rolledBack(client)))) this.#drop(client)
      throw error
    }
  }

  async #runBetween(opening: string, client: NativeClient, query: NativeQuery): Promise<readonly Row[]> {
    const query_timeout = this.#options.settings.timeoutMs
    await client.query({ text: opening, query_timeout })
    const { rows } = await client.query(query)
    await client.query({ text: 'commit', query_timeout })
    return rows
  }

  /** Whether the client is fit for the next statement after one that failed. */
  async #rolledBack(client: NativeClient): Promise<boolean> {
    try {
      await client.query({ text: 'rollback', query_timeout: this.#options.settings.timeoutMs })
      return true
    } catch {
      return false
    }
  }

  async #connected(): Promise<NativeClient> {
    this.#client ??= this.#open()
    try {
      return await this.#client
    } catch (error) {
      this.#client = undefined
      throw storageErrorOf(error)
    }
  }

  async #open(): Promise<NativeClient> {
    const client = await this.#options.open()
    const forget = () => this.#drop(client)
    client.on('error', forget)
    client.on('end', forget)
    return client
  }

  /** A half-open connection answers nothing for ever, so it is not asked to end: its socket goes. */
  #drop(client: NativeClient): void {
    client.connection?.stream?.destroy()
    const current = this.#client
    void current?.then(
      (open) => {
        if (open === client && this.#client === current) this.#client = undefined
      },
      () => undefined,
    )
  }
}
