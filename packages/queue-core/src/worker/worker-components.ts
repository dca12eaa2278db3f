import { Expirer } from '../maintenance/expirer.ts'
import { LeaseReaper, type LeaseReaperParts } from '../maintenance/lease-reaper.ts'
import { Pruner } from '../maintenance/pruner.ts'
import type { Overdue } from '../driver/storage-driver.ts'
import { AttemptRunner } from './attempt-runner.ts'
import { Batches } from './batches.ts'
import { Completer } from './completer.ts'
import { Deadlines } from './deadlines.ts'
import type { HeldJob } from './held-job.ts'
import { HeldJobs } from './held-jobs.ts'
import { LeaseKeeper } from './lease-keeper.ts'
import { Poller } from './poller.ts'
import { ReportBuffer } from './report-buffer.ts'
import { emitVerdict } from './settle-events.ts'
import { tellEnd } from './silent-ends.ts'
import { Settler, type Decision } from './settler.ts'
import { Slots } from './slots.ts'
import { Solo } from './solo.ts'
import { Verdicts } from './verdicts.ts'
import type { WorkerParts } from './worker-parts.ts'

/** What a worker is made of. None of it has a timer or makes a call before it is started. */
export interface WorkerComponents {
  readonly deadlines: Deadlines
  readonly slots: Slots
  readonly batches: Batches
  readonly keeper: LeaseKeeper
  readonly settler: Settler
  readonly reports: ReportBuffer
  readonly verdicts: Verdicts
  readonly held: HeldJobs
  readonly poller: Poller
  readonly reaper: LeaseReaper
  readonly pruner: Pruner | undefined
  readonly expirer: Expirer
}

/**
 * Connects them. A job goes from the poller to `held`, through the runner to the settler, and with storage's verdict
 * out of the keeper; `onChange` is called after every such step.
 */
export function composeWorker(parts: WorkerParts, onChange: () => void): WorkerComponents {
  const { clock, random, driver, events } = parts.runtime
  const { heartbeatMs, scanMs, retention } = parts.options
  const slots = new Slots(parts.options)
  const batches = new Batches({ ...parts, slots, onChange, onStray: (job, error) => runner.blame(job, error) })
  const deadlines = new Deadlines(clock)
  const reports = new ReportBuffer(parts, onChange)
  const verdicts = new Verdicts(parts, onChange)
  const settler = new Settler(parts, (decision, verdict) => {
    decision.held.phase = 'over'
    keeper.drop(decision.held)
    verdicts.tell(decision, verdict)
    const { delayMs } = decision.settlement
    if (verdict === 'applied' && delayMs !== undefined) poller.dueIn(delayMs)
    onChange()
  })
  const keeper: LeaseKeeper = new LeaseKeeper(parts, {
    unstarted: (job) => held.unstarted(job),
    lost: (job) => held.lost(job),
    fenced: (job) => held.fenced(job),
    cancelled: (job) => held.cancelled(job),
    trustedAgain: onChange,
  })
  const completer = new Completer({
    ...parts,
    reports,
    onCompleted: (decision) => {
      held.completed(decision)
      warnOf(parts, decision.held)
      keeper.drop(decision.held)
      emitVerdict(parts, decision, 'applied')
      const { delayMs } = decision.settlement
      if (delayMs !== undefined) poller.dueIn(delayMs)
      onChange()
    },
    onRefused: (job, reason) => runner.abort(job, reason),
  })
  const onDecided = (decision: Decision): void => {
    held.decided(decision.held)
    const reported = reports.flush(decision.held)
    if (reported === undefined) settler.add(decision)
    else void reported.then(() => settler.add(decision))
    onChange()
  }
  const onLeft = (job: HeldJob): void => held.left(job)
  const runner: AttemptRunner = new AttemptRunner(
    { ...parts, batches, completer, reports, onDecided, onLeft },
    deadlines,
  )
  const held: HeldJobs = new HeldJobs({ ...parts, slots, keeper, runner, settler, reports, onChange })
  const solo = new Solo(clock, heartbeatMs * (1 + random.number()))
  const onOverdue = ({ leases, jobs }: Overdue): void => {
    reaper.told(leases)
    expirer.told(jobs)
  }
  const poller: Poller = new Poller({ ...parts, slots, keeper, settler, held, solo, onChange, onOverdue })
  const onEnded: LeaseReaperParts['onEnded'] = (job, end) => tellEnd(parts, job, end)
  const reaper = new LeaseReaper({ driver, clock, random, events, scanMs, heartbeatMs, onEnded })
  const pruner = retention === undefined ? undefined : new Pruner({ driver, clock, random, events, retention })
  const expirer = new Expirer({ driver, clock, random, events, onFailed: (job) => tellEnd(parts, job, 'expired') })
  return { deadlines, slots, batches, keeper, settler, reports, verdicts, held, poller, reaper, pruner, expirer }
}

function warnOf({ runtime }: WorkerParts, { completion, job }: HeldJob): void {
  if (completion?.warning === undefined) return
  const { claim, type } = job
  runtime.events.emit('warning', { code: 'attempt', message: completion.warning, jobId: claim.jobId, type })
}
