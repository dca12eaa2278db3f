import { LeaseReaper } from '../maintenance/lease-reaper.ts'
import { Pruner } from '../maintenance/pruner.ts'
import { AttemptRunner } from './attempt-runner.ts'
import { Deadlines } from './deadlines.ts'
import { HeldJobs } from './held-jobs.ts'
import { LeaseKeeper } from './lease-keeper.ts'
import { Poller } from './poller.ts'
import { emitVerdict } from './settle-events.ts'
import { Settler } from './settler.ts'
import { Slots } from './slots.ts'
import { Solo } from './solo.ts'
import type { WorkerParts } from './worker-parts.ts'

/** What a worker is made of. None of it has a timer or makes a call before it is started. */
export interface WorkerComponents {
  readonly deadlines: Deadlines
  readonly keeper: LeaseKeeper
  readonly settler: Settler
  readonly held: HeldJobs
  readonly poller: Poller
  readonly reaper: LeaseReaper
  readonly pruner: Pruner | undefined
}

/**
 * Connects them. A job goes from the poller to `held`, through the runner to the settler, and with storage's verdict
 * out of the keeper; `onChange` is called after every such step.
 */
export function composeWorker(parts: WorkerParts, onChange: () => void): WorkerComponents {
  const { clock, random, driver, events } = parts.runtime
  const { heartbeatMs, scanMs, retention } = parts.options
  const slots = new Slots(parts.options)
  const deadlines = new Deadlines(clock)
  const settler = new Settler(parts, (decision, verdict) => {
    decision.held.phase = 'over'
    keeper.drop(decision.held)
    emitVerdict(parts, decision, verdict)
    onChange()
  })
  const keeper: LeaseKeeper = new LeaseKeeper(parts, {
    unstarted: (job) => held.unstarted(job),
    lost: (job) => held.lost(job),
    fenced: (job) => held.fenced(job),
    cancelled: (job) => held.cancelled(job),
    trustedAgain: onChange,
  })
  const runner = new AttemptRunner(parts, deadlines, (decision) => {
    held.decided(decision.held)
    settler.add(decision)
    onChange()
  })
  const held: HeldJobs = new HeldJobs({ ...parts, slots, keeper, runner, settler, onChange })
  const solo = new Solo(clock, heartbeatMs * (1 + random.number()))
  const poller = new Poller({ ...parts, slots, keeper, settler, held, solo, onChange })
  const reaper = new LeaseReaper({ driver, clock, random, events, scanMs, heartbeatMs })
  const pruner = retention === undefined ? undefined : new Pruner({ driver, clock, random, events, retention })
  return { deadlines, keeper, settler, held, poller, reaper, pruner }
}
