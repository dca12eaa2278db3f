import { InvalidOptionError } from '@goplate/queue-core'

const identifier = /^[a-z_][a-z0-9_]{0,47}$/

export const defaultSchema = 'goplate_queue'
export const defaultPrefix = 'goplate_queue_'

/**
 * Names are spliced into SQL; nothing that needs quoting or is folded to another case may pass.
 *
 * @throws InvalidOptionError
 */
export function checkedName(option: string, name: string): string {
  if (identifier.test(name) && !name.startsWith('pg_') && !name.startsWith('sqlite_')) return name
  throw new InvalidOptionError(option, `"${name}" must match ${identifier.source} and not begin with pg_ or sqlite_.`)
}
