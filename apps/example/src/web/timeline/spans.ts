import { isEnded, type JobRecord, type OutcomeName, type OutcomeRecord } from '@goplate/queue-core'

/**
 * A stretch of a job's life. `delay`: not due yet. `wait`: due, not claimed. `run`: a handler has it. `rest`: ended,
 * until somebody ran it again. `ahead`: from now until it is due.
 */
export interface Span {
  readonly kind: 'delay' | 'wait' | 'run' | 'rest' | 'ahead'
  readonly ms: number
}

/** What leads to one outcome, in order; or to the present, then `outcome` is absent. */
export interface Stage {
  /** Of its claim: log lines name it. */
  readonly epoch: number
  readonly attempt: number
  readonly outcome?: OutcomeName
  readonly endedAt?: Date
  readonly message?: string
  readonly spans: readonly Span[]
}

export interface Timeline {
  readonly dispatchedAt: Date
  readonly stages: readonly Stage[]
}

/** `job` with its history. Spans follow each other without gaps, from the dispatch on, also where clocks disagree. */
export function timelineOf(job: JobRecord, now: Date): Timeline {
  const stages: Stage[] = []
  let from = job.createdAt.getTime()
  let ended = false
  for (const outcome of job.history ?? []) {
    stages.push(pastStage(outcome, from, ended))
    from = Math.max(from, outcome.endedAt.getTime())
    ended = isFinal(outcome.outcome)
  }
  if (!isEnded(job.state)) stages.push(presentStage(job, { from, now: now.getTime(), ended }))
  return { dispatchedAt: job.createdAt, stages }
}

/** Between the dispatch's reading of the clock and the job's being there: nobody had to wait for a time to come. */
const dispatchMs = 10

function pastStage(outcome: OutcomeRecord, from: number, afterEnd: boolean): Stage {
  const { durationMs, waitMs = 0, error, reason } = outcome
  const end = Math.max(from, outcome.endedAt.getTime())
  const message = error?.message ?? reason
  const stage = {
    epoch: outcome.epoch,
    attempt: outcome.attempt,
    outcome: outcome.outcome,
    endedAt: outcome.endedAt,
    ...(message !== undefined && { message }),
  }
  if (durationMs === undefined)
    return { ...stage, spans: spans([{ kind: afterEnd ? 'rest' : 'wait', ms: end - from }]) }
  const claimed = Math.max(from, end - durationMs)
  const measured = Math.max(from, claimed - waitMs)
  const due = !afterEnd && measured - from < dispatchMs ? from : measured
  return {
    ...stage,
    spans: spans([
      { kind: afterEnd ? 'rest' : 'delay', ms: due - from },
      { kind: 'wait', ms: claimed - due },
      { kind: 'run', ms: end - claimed },
    ]),
  }
}

function presentStage(job: JobRecord, moment: { from: number; now: number; ended: boolean }): Stage {
  const { from, ended } = moment
  const now = Math.max(from, moment.now)
  if (job.startedAt !== undefined) {
    const claimed = Math.min(now, Math.max(from, job.startedAt.getTime()))
    const before = ended ? 'rest' : job.history?.length ? 'delay' : 'wait'
    return {
      epoch: job.epoch,
      attempt: job.attempt,
      spans: spans([
        { kind: before, ms: claimed - from },
        { kind: 'run', ms: now - claimed },
      ]),
    }
  }
  const due = Math.max(from, job.availableAt?.getTime() ?? from)
  return {
    epoch: job.epoch + 1,
    attempt: job.attempt + 1,
    spans: spans([
      { kind: ended ? 'rest' : 'delay', ms: Math.min(due, now) - from },
      { kind: 'wait', ms: Math.max(0, now - due) },
      { kind: 'ahead', ms: Math.max(0, due - now) },
    ]),
  }
}

/** A run is shown however short it was; anything else only if it took time. */
function spans(all: readonly Span[]): Span[] {
  return all.filter(({ kind, ms }) => ms > 0 || kind === 'run')
}

function isFinal(outcome: OutcomeName): boolean {
  return outcome === 'finished' || outcome === 'failed' || outcome === 'cancelled'
}
