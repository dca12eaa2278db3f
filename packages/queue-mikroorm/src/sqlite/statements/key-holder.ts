import type { Sql } from '../session.ts'

/** Who holds a unique key. Under the write lock the answer stays true until the transaction ends. */
export const keyHolder: Sql<{ job: number }, [key: string]> = ({ unique_key }) => `
  select job from ${unique_key} where key = ?`
