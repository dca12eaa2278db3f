import type { MikroORM } from '@mikro-orm/core'

/** The parts of `pg` that the driver uses; its own types stay out of the published declarations. */
export interface NativeQuery {
  readonly text: string
  readonly values?: readonly unknown[]
  /** Prepared under this name, once per connection. */
  readonly name?: string
  readonly types?: TypeParsers
  readonly query_timeout?: number
}
interface TypeParsers {
  getTypeParser(): (value: string) => string
}
export interface NativeResult {
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}
export interface NativeClient {
  connect(): Promise<unknown>
  query(query: NativeQuery | string): Promise<NativeResult>
  end(): Promise<void>
  on(event: 'error' | 'end', listener: () => void): unknown
  on(event: 'notification', listener: (message: { channel: string; payload?: string }) => void): unknown
  readonly connection?: { readonly stream?: { destroy(): unknown } }
}
export interface PooledClient extends NativeClient {
  release(error?: unknown): void
}
export interface NativePool {
  readonly Client: new (options: object) => NativeClient
  /** `password` is not enumerable. */
  readonly options: { readonly password?: unknown; readonly connectionTimeoutMillis?: number }
  query(query: NativeQuery): Promise<NativeResult>
  connect(): Promise<PooledClient>
}

/** Values stay text: the driver knows each column's type, and JSON must not lose a character. */
export const asText: TypeParsers = { getTypeParser: () => (value) => value }

/** The pool of the ORM; always the writing one, never a replica's. */
export async function nativePoolOf(orm: MikroORM): Promise<NativePool> {
  const connection = orm.em.getConnection('write') as unknown as { getNativeClient(): Promise<NativePool> }
  return connection.getNativeClient()
}
