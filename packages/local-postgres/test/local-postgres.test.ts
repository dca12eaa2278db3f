import { createDatabase, startPostgres, type LocalPostgres } from '@goplate/local-postgres'
import { existsSync } from 'node:fs'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'

describe('the server that globalSetup provides', () => {
  test('answers, with databases of its own for a test', async () => {
    const database = await createDatabase(inject('postgresUrl'))
    expect(await ask(database.url, 'select current_database() as answer')).toMatch(/^test_/)
    await database.drop()
    await expect(ask(database.url, 'select 1 as answer')).rejects.toThrow(/does not exist/)
  })
})

describe('a server of our own', () => {
  let postgres: LocalPostgres

  beforeAll(async () => {
    postgres = await startPostgres({ settings: { max_connections: 17 } })
  })
  afterAll(() => postgres.stop())
  beforeEach(({ skip }) => skip(!postgres.owned, 'DATABASE_URL names a server that is not ours to stop'))

  test('takes settings', async () => {
    expect(await ask(postgres.url, "select current_setting('max_connections') as answer")).toBe('17')
  })

  test('after a crash it holds what was committed and has forgotten what was not', async () => {
    await run(postgres.url, 'create table kept (id int)', 'insert into kept values (1)')
    const client = await connect(postgres.url)
    await client.query('begin')
    await client.query('insert into kept values (2)')

    await postgres.stopImmediately()
    await expect(ask(postgres.url, 'select 1 as answer')).rejects.toThrow(/ECONNREFUSED/)
    await postgres.restart()

    expect(await ask(postgres.url, 'select count(*)::int as answer from kept')).toBe(1)
  })

  test('a restart while it runs keeps data and port', async () => {
    await run(postgres.url, 'create table still_there (id int)')
    await postgres.restart()
    expect(await ask(postgres.url, 'select count(*)::int as answer from still_there')).toBe(0)
  })

  test('stop removes the data, also after a crash, and stopping twice is fine', async () => {
    const other = await startPostgres()
    const directory = await ask(other.url, "select current_setting('data_directory') as answer")
    await other.stopImmediately()
    await other.stop()
    await other.stop()
    expect(existsSync(directory)).toBe(false)
  })
})

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {}) // the crash below
  await client.connect()
  return client
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever the query selects
async function ask(url: string, sql: string): Promise<any> {
  const client = await connect(url)
  try {
    return (await client.query(sql)).rows[0].answer
  } finally {
    await client.end()
  }
}

async function run(url: string, ...statements: string[]): Promise<void> {
  const client = await connect(url)
  for (const statement of statements) await client.query(statement)
  await client.end()
}
