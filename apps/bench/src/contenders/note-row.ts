import type pg from 'pg'

/** The application's table, as the entity of the GoPlate contenders makes it. */
export const createNotes = 'create table note (id serial primary key, text varchar(255) not null)'

const insertNote = { name: 'insert-note', text: 'insert into note (text) values ($1) returning id' }

/** One transaction of the application: a row of its own, and a job dispatched over the same connection. */
export async function withNote(
  pool: pg.Pool,
  text: string,
  dispatch: (client: pg.PoolClient) => Promise<unknown>,
): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query({ ...insertNote, values: [text] })
    await dispatch(client)
    await client.query('commit')
    client.release()
  } catch (error) {
    client.release(true)
    throw error
  }
}
