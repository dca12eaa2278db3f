import type { Results } from '../results.ts'
import { barPlot } from './bar-plot.ts'
import { text } from './html.ts'
import type { Picture } from './plot-columns.ts'
import { groups } from './result-tables.ts'

const width = 800

/** The colours of bars and text, for the pictures and the page. */
export const light = { text: '#24292f', quiet: '#57606a', ours: '#0a7f4f', peer: '#8aa4c8', limit: '#b9bec5' }
export const dark = { text: '#e6edf3', quiet: '#9198a1', ours: '#3fb97f', peer: '#5b789f', limit: '#5b6370' }

/** What a bar of each colour stands for. */
export const kinds = { ours: 'GoPlate Queue', peer: 'other queues', limit: 'the limit: hand-written SQL' }

/** An SVG file of its own, readable on a light and on a dark page; undefined when nothing of it was measured. */
export function picture(results: Results, { title, columns }: Picture): string | undefined {
  const panels = groups.flatMap((group) => {
    const bars = barPlot(results, group, columns())
    return bars === undefined ? [] : [{ group, bars }]
  })
  if (panels.length === 0) return undefined
  let y = 52
  const drawn = panels.map(({ group, bars }) => {
    const panel = `<text class="strong" y="${y + 14}">${text(group.title)}</text><g transform="translate(0,${y})">${bars.svg}</g>`
    y += bars.height + 24
    return panel
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" width="${width}" height="${y}" role="img" aria-labelledby="t">
<title id="t">${text(title)}</title>
<style>
${sheet}
</style>
<text class="head" y="18">${text(title)}</text>
${legend(36)}
${drawn.join('\n')}
</svg>
`
}

function legend(y: number): string {
  return Object.entries(kinds)
    .map(([color, name], at) => {
      const box = `<rect fill="var(--${color})" x="${at * 150}" y="${y - 10}" width="12" height="12" rx="2" />`
      return `${box}<text class="quiet" x="${at * 150 + 18}" y="${y}">${text(name)}</text>`
    })
    .join('')
}

const sheet = `svg { ${variables(light)} color: var(--text); font: 12px ui-sans-serif, system-ui, 'Helvetica Neue', Arial, sans-serif; }
text { fill: currentColor; }
.quiet { fill: var(--quiet); }
.strong, .head { font-weight: 600; }
.head { font-size: 15px; }
@media (prefers-color-scheme: dark) { svg { ${variables(dark)} } }`

export function variables(colors: typeof light): string {
  return Object.entries(colors)
    .map(([name, color]) => `--${name}: ${color};`)
    .join(' ')
}
