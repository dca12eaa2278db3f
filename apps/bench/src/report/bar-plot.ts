import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import type { Group } from './result-tables.ts'
import { rowsOf, type Row } from './result-tables.ts'
import { shortNames } from './short-names.ts'
import { figure, isLimit, isOurs, missing } from './figures.ts'
import type { Result, Results } from '../results.ts'
import type { Scenario } from '../scenario.ts'

const { document } = parseHTML('<!doctype html><html><body></body></html>')
const labelWidth = 210
const valueWidth = 64
const rowHeight = 22
const width = 800

/** One measure, as a column of bars. */
export interface BarColumn {
  readonly title: string
  readonly scenario: Scenario
  value(row: Row): number | undefined
}

export interface Bars {
  readonly svg: string
  readonly height: number
}

/**
 * Contenders down the side, each column with its own scale from 0. Colours are the variables --ours, --peer, --limit;
 * text takes the current colour. Undefined when no contender of the group has a figure.
 */
export function barPlot(results: Results, group: Group, columns: readonly BarColumn[]): Bars | undefined {
  const rows = rowsOf(results, columns[0]!.scenario, group)
  if (rows.length === 0) return undefined
  const columnWidth = (width - labelWidth) / columns.length
  const names = rows.map(({ info }) => shortNames[info.id])
  const height = rows.length * rowHeight
  const parts = columns.map((column, at) => {
    const measured = rowsOf(results, column.scenario, group)
    const bars = rows.map(({ info }) => {
      const found = measured.find(({ result }) => result.contender === info.id)
      return { name: shortNames[info.id], value: found && column.value(found), fill: fillOf(info.id) }
    })
    const left = at === 0 ? labelWidth : 0
    const x = at === 0 ? 0 : labelWidth + at * columnWidth
    const head = `<text class="quiet" x="${labelWidth + at * columnWidth}" y="14">${column.title}</text>`
    return `${head}<g transform="translate(${x},20)">${drawn({ bars, names, left, width: left + columnWidth, height })}</g>`
  })
  return { svg: parts.join(''), height: height + 20 }
}

interface Drawing {
  readonly bars: readonly { readonly name: string; readonly value: number | undefined; readonly fill: string }[]
  readonly names: readonly string[]
  readonly left: number
  readonly width: number
  readonly height: number
}

function drawn({ bars, names, left, ...size }: Drawing): string {
  const largest = Math.max(...bars.map(({ value }) => value ?? 0), Number.MIN_VALUE)
  const plot = Plot.plot({
    document,
    ...size,
    ...{ marginLeft: left, marginRight: valueWidth, marginTop: 0, marginBottom: 0 },
    x: { domain: [0, largest], axis: null },
    y: { domain: names, padding: 0.3, round: false, axis: null },
    style: { fontSize: '12px' },
    marks: [
      ...(left > 0 ? [Plot.axisY({ tickSize: 0, label: null, tickPadding: 8 })] : []),
      Plot.barX(bars, { x: ({ value }) => value ?? 0, y: 'name', fill: 'fill' }),
      Plot.text(bars, {
        x: ({ value }) => value ?? 0,
        y: 'name',
        text: ({ value }) => (value === undefined ? missing : figure(value)),
        textAnchor: 'start',
        dx: 5,
      }),
    ],
  })
  return withoutStyle((plot as unknown as { outerHTML: string }).outerHTML)
}

function fillOf(contender: Result['contender']): string {
  return isOurs(contender) ? 'var(--ours)' : isLimit(contender) ? 'var(--limit)' : 'var(--peer)'
}

/** One style sheet serves all plots of a picture, and a tenth of a pixel is enough. Text is left alone. */
function withoutStyle(svg: string): string {
  const rounded = (tag: string) =>
    tag.replaceAll(/\d+\.\d{2,}/g, (digits) => String(Math.round(Number(digits) * 10) / 10))
  return svg.replace(/<style>[^]*?<\/style>/, '').replaceAll(/<[^>]*>/g, rounded)
}
