/** A statement as the ORM's query builder library runs it: with bound parameters, never pasted into the text. */
export interface RawQuery {
  readonly sql: string
  readonly parameters: readonly unknown[]
  readonly query: {
    readonly kind: 'RawNode'
    readonly sqlFragments: readonly string[]
    readonly parameters: readonly []
  }
  readonly queryId: { readonly queryId: string }
}

/** What a transaction of the ORM is, as far as the queue needs it. */
export interface QueryRunner {
  executeQuery(query: RawQuery): Promise<{ readonly rows: readonly unknown[]; readonly numAffectedRows?: bigint }>
}

/** Built by hand: the library itself is a dependency of the ORM's drivers and cannot be imported from here. */
export function rawQuery(sql: string, parameters: readonly unknown[] = []): RawQuery {
  const query = { kind: 'RawNode', sqlFragments: [sql], parameters: [] } as const
  return { sql, parameters, query, queryId: { queryId: 'goplate-queue' } }
}
