import { html } from 'hono/html'
import { layOut, pictureWidth } from '../timeline/scale.ts'
import type { Span, Stage, Timeline } from '../timeline/spans.ts'
import { clockTime, duration } from './format.ts'
import type { Html } from './page.ts'

const said: Readonly<Record<Span['kind'], string>> = {
  delay: 'not due for',
  wait: 'waited',
  run: 'ran',
  rest: 'had ended for',
  ahead: 'due in',
}

/** One row for the dispatch, then one for each attempt; all on the same axis, so that time runs from left to right. */
export function timelineView({ dispatchedAt, stages }: Timeline): Html {
  const places = layOut(stages.flatMap((stage) => stage.spans.map(({ ms }) => ms)))
  let drawn = 0
  const rows = stages.map((stage) => {
    const first = drawn
    drawn += stage.spans.length
    return row(stage, places.slice(first, drawn))
  })
  return html`<ol class="timeline">
      <li><strong>Dispatched</strong> <span class="quiet">${clockTime(dispatchedAt)}</span></li>
      ${rows}
    </ol>
    <ul class="legend">
      <li><i class="span delay"></i>not due</li>
      <li><i class="span wait"></i>due, waiting</li>
      <li><i class="span run"></i>running</li>
      <li><i class="span run retried"></i>error, tried again</li>
      <li><i class="span run finished"></i>finished</li>
      <li><i class="span run failed"></i>failed</li>
    </ul>`
}

type Place = ReturnType<typeof layOut>[number]

function row(stage: Stage, places: readonly Place[]): Html {
  const words = stage.spans.map(({ kind, ms }) => `${said[kind]} ${duration(ms)}`).join(', ')
  return html`<li>
    <div class="headline">
      <span
        ><strong>${title(stage)}</strong>
        ${stage.outcome && html`<span class="badge ${stage.outcome}">${stage.outcome}</span>`}</span
      >
      <span class="quiet">${stage.endedAt ? clockTime(stage.endedAt) : 'now'}</span>
    </div>
    <svg viewBox="0 0 ${pictureWidth} 10" preserveAspectRatio="none" role="img" aria-label="${words}">
      ${stage.spans.map((span, index) => bar(stage, span, places[index]!))}
    </svg>
    <p class="quiet">${words}</p>
    ${stage.message !== undefined && html`<p class="message">${stage.message}</p>`}
  </li>`
}

function title({ attempt, outcome, spans }: Stage): string {
  const has = (kind: Span['kind']) => spans.some((span) => span.kind === kind)
  const name = has('rest') ? `Run again: attempt ${attempt}` : `Attempt ${attempt}`
  if (outcome !== undefined) return has('run') ? name : 'Before it started'
  return has('run') ? `${name}, running` : `${name}, to come`
}

function bar(stage: Stage, { kind, ms }: Span, { x, width }: Place): Html {
  const outcome = kind === 'run' ? (stage.outcome ?? '') : ''
  return html`<rect class="span ${kind} ${outcome}" x="${x.toFixed(1)}" width="${width.toFixed(1)}" height="10">
    <title>${said[kind]} ${duration(ms)}</title>
  </rect>`
}
