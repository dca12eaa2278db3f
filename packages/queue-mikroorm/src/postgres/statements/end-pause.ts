import type { Statement } from '../statement.ts'

export const endPause: Statement = {
  name: 'end_pause',
  parameters: 2,
  text: (q) => `
delete from ${q.pause} where kind = $1 and name = $2 returning until is null or until > ${q.now} as in_force`,
}
