import type { Sql } from '../session.ts'

export const jobProgress: Sql<{ percent: number }, [job: number]> = ({ progress }) => `
  select percent from ${progress} where job = ?`
