import type { LogRecord } from '@goplate/queue-core'
import { html } from 'hono/html'
import { layOut, pictureWidth } from '../timeline/scale.ts'
import type { Span, Stage, Timeline } from '../timeline/spans.ts'
import { clockTime, duration } from './format.ts'
import type { Html } from './page.ts'

const words: Readonly<Record<Span['kind'], string>> = {
  delay: 'not due for',
  wait: 'waited',
  run: 'ran',
  rest: 'had ended for',
  ahead: 'due in',
}

/** One row for the dispatch, then one for each attempt with what its handler logged; all on the same axis, so that time runs from left to right. */
export function timelineView({ dispatchedAt, stages }: Timeline, lines: readonly LogRecord[]): Html {
  const places = layOut(stages.flatMap((stage) => stage.spans.map(({ ms }) => ms)))
  let drawn = 0
  const rows = stages.map((stage) => {
    const first = drawn
    drawn += stage.spans.length
    const said = lines.filter(({ epoch }) => epoch === stage.epoch)
    return row(stage, places.slice(first, drawn), said)
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

function row(stage: Stage, places: readonly Place[], lines: readonly LogRecord[]): Html {
  const story = stage.spans.map(({ kind, ms }) => `${words[kind]} ${duration(ms)}`).join(', ')
  return html`<li>
    <div class="headline">
      <span
        ><strong>${title(stage)}</strong>
        ${stage.outcome && html`<span class="badge ${stage.outcome}">${stage.outcome}</span>`}</span
      >
      <span class="quiet">${stage.endedAt ? clockTime(stage.endedAt) : 'now'}</span>
    </div>
    <svg viewBox="0 0 ${pictureWidth} 10" preserveAspectRatio="none" role="img" aria-label="${story}">
      ${stage.spans.map((span, index) => bar(stage, span, places[index]!))}
    </svg>
    <p class="quiet">${story}</p>
    ${
      lines.length > 0 &&
      html`<ul class="log" aria-label="Log">
        ${lines.map(logLine)}
      </ul>`
    }
    ${stage.message !== undefined && html`<p class="message">${stage.message}</p>`}
  </li>`
}

function logLine({ at, level, message }: LogRecord): Html {
  return html`<li class="${level}">
    <time datetime="${at.toISOString()}">${clockTime(at)}</time> <span>${message}</span>
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
    <title>${words[kind]} ${duration(ms)}</title>
  </rect>`
}
