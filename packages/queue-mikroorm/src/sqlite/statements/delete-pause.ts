import type { Sql } from '../session.ts'

export const deletePause: Sql<{ until: number | null }, [kind: string, name: string]> = ({ pause }) => `
  delete from ${pause} where kind = ? and name = ? returning until`
