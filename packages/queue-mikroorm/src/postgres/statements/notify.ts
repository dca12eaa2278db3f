import type { Statement } from '../statement.ts'

export const notify: Statement = {
  name: 'notify',
  parameters: 2,
  text: () => `select pg_notify($1, $2)`,
}
