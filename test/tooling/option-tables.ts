import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../packaging/packages.ts'

export interface OptionRow {
  readonly option: string
  /** The text of the cell. */
  readonly defaultText: string
  readonly range: string
}

/** One table of docs/options.md, with what its heading names. */
export interface OptionTable {
  /** `WorkerOptions`, `RetentionOptions`, `exponential(options)`, `Queue.find(id, options)`. */
  readonly of: string
  /** Which import has it, where several have one of the name. */
  readonly entry: string | undefined
  readonly rows: readonly OptionRow[]
}

const text = readFileSync(join(root, 'docs/options.md'), 'utf8')

/** The tables whose first column is "Option" and whose second is "Type", in sections whose heading is code. */
export function optionTables(): readonly OptionTable[] {
  return sections().flatMap(({ heading, lines }) => {
    const [, of, entry] = /^`([^`]+)`(?: of `([^`]+)`)?$/.exec(heading) ?? []
    const rows = rowsUnder(lines, ['Option', 'Type', 'Default', 'Range', 'Meaning'])
    if (of === undefined || rows.length === 0) return []
    const options = rows.map(([option = '', , defaultText = '', range = '']) => ({
      option: option.replaceAll('`', ''),
      defaultText,
      range,
    }))
    return [{ of, entry, rows: options }]
  })
}

/** The rows of the other tables: the cells under these titles. */
export function otherTable(titles: readonly string[]): readonly (readonly string[])[] {
  return sections().flatMap(({ lines }) => rowsUnder(lines, titles))
}

function sections(): { heading: string; lines: readonly string[] }[] {
  return text.split(/^#+ /m).map((section) => {
    const [heading = '', ...lines] = section.split('\n')
    return { heading, lines }
  })
}

function rowsUnder(lines: readonly string[], titles: readonly string[]): string[][] {
  const start = lines.findIndex((line) => JSON.stringify(cellsOf(line)) === JSON.stringify(titles))
  if (start < 0) return []
  const rest = lines.slice(start + 2)
  const end = rest.findIndex((line) => !line.startsWith('|'))
  return rest.slice(0, end < 0 ? undefined : end).map(cellsOf)
}

function cellsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
}
