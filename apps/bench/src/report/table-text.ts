import { styleText } from 'node:util'
import type { ResultTable } from './result-tables.ts'

type Table = Pick<ResultTable, 'columns' | 'rows'>

/** Columns for a terminal; ours in bold where the terminal can. */
export function terminalTable({ columns, rows }: Table): string {
  const lines = [columns.map(({ title }) => title), ...rows.map(({ cells }) => cells)]
  const widths = widthsOf(lines)
  return lines
    .map((cells, index) => {
      const line = padded(cells, { columns, widths }).join('  ').trimEnd()
      return rows[index - 1]?.ours ? styleText('bold', line) : line
    })
    .join('\n')
}

/** Laid out as the formatter of this repository would. */
export function markdownTable({ columns, rows }: Table): string {
  const lines = [
    columns.map(({ title }) => title),
    ...rows.map(({ ours, cells }) => cells.map(escaped).map((cell) => (ours ? `**${cell}**` : cell))),
  ]
  const widths = widthsOf([...lines, columns.map(() => '---')])
  const rule = columns.map(({ number }, at) => (number ? `${'-'.repeat(widths[at]! - 1)}:` : '-'.repeat(widths[at]!)))
  const [head = [], ...body] = lines.map((cells) => padded(cells, { columns, widths }))
  return [head, rule, ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function padded(cells: readonly string[], shape: { columns: Table['columns']; widths: readonly number[] }): string[] {
  return cells.map((cell, at) => {
    const width = shape.widths[at]!
    return shape.columns[at]!.number ? cell.padStart(width) : cell.padEnd(width)
  })
}

function widthsOf(lines: readonly (readonly string[])[]): number[] {
  return lines[0]!.map((_, at) => Math.max(...lines.map((cells) => cells[at]!.length)))
}

/** What would end a cell or begin markup. */
function escaped(cell: string): string {
  return cell.replaceAll(/[\\|*_`<[]/g, '\\$&')
}
