import pg from 'pg'

/** Runs the statements over a connection of their own; the rows of the last. */
export async function query<Row extends pg.QueryResultRow>(url: string, ...statements: string[]): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    let rows: Row[] = []
    for (const statement of statements) rows = (await client.query<Row>(statement)).rows
    return rows
  } finally {
    await client.end()
  }
}

/** `statement` counts in a column `left`. */
export async function countLeft(url: string, statement: string): Promise<number> {
  const [row] = await query<{ left: string }>(url, statement)
  return Number(row?.left)
}
