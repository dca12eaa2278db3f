import type { Timer } from '../clock.ts'
import { parseDuration, type Duration } from '../duration.ts'
import { InvalidOptionError, QueueClosedError } from '../errors.ts'
import type { Runtime } from '../runtime.ts'
import { Changes } from './changes.ts'
import { listenForCancels, listenForWork } from './listening.ts'
import { inRootContext } from './root-context.ts'
import { onProcess } from './signals.ts'
import { composeWorker, type WorkerComponents } from './worker-components.ts'
import { workerSettings, type WorkerOptions, type WorkerSettings } from './worker-options.ts'
import { isLegalWorkerTransition, type WorkerState } from './worker-state.ts'

type Doing = 'start' | 'runOnce' | 'drain'

/** After the time for stopping is over: how long storage has to take in what is given back. */
const lastCallsMs = 5_000

/**
 * Claims due jobs and runs them. Made by `queue.createWorker(options)`; costs no timer and no connection until it is
 * started, and none after it has stopped.
 */
export class Worker {
  readonly #runtime: Runtime
  readonly #settings: WorkerSettings
  readonly #changes = new Changes()
  readonly #components: WorkerComponents
  #state: WorkerState = 'idle'
  #doing: Doing | undefined
  #stopping: Promise<void> | undefined
  #stopTimers: Timer[] = []
  #outOfTime = false
  /** Counts calls of `start` and `stop`: a start that waits for a stop is void once there is a later call. */
  #calls = 0
  #endWakeups: (() => void) | undefined
  #endCancels: (() => void) | undefined
  #endSignals: (() => void) | undefined
  /** By a signal that came while there was nothing to stop. */
  #isToldToStop = false

  /**
   * Throws `InvalidOptionError`, naming the option, and `MissingHandlerError`.
   *
   * @internal workers are made by `queue.createWorker`
   */
  constructor(runtime: Runtime, options: WorkerOptions = {}) {
    this.#runtime = runtime
    this.#settings = workerSettings(options, runtime)
    this.#components = composeWorker({ runtime, options: this.#settings }, () => this.#changed())
  }

  get name(): string {
    return this.#settings.name
  }
  /** How many jobs it runs at once at present: a pool's size changes. */
  get concurrency(): number {
    return this.#components.slots.size
  }
  get state(): WorkerState {
    return this.#state
  }

  /** Starts claiming. A worker that runs is left alone; one that is stopping starts again when it has stopped. */
  start(): Promise<void> {
    return inRootContext(() => this.#start())
  }

  /**
   * Claims nothing more, waits for running jobs for `timeout` (default: the `stopTimeout` of the worker), then tells
   * them to stop and gives their jobs back, with the attempt. Resolves when all is quiet: no timer is pending and
   * nothing of the worker's is under way. Stopping twice is one stop; a second call may shorten its time.
   */
  async stop(options: { readonly timeout?: Duration } = {}): Promise<void> {
    const timeoutMs = options.timeout === undefined ? undefined : parseDuration(options.timeout, 'timeout')
    return inRootContext(() => this.#stop(timeoutMs))
  }

  /**
   * Claims once, runs what came to its end, and stops. For hosts that call in now and then: an object that is called
   * again also takes over from workers that crashed, and removes what is old. Returns how many jobs ran. Throws what
   * the claim threw.
   */
  runOnce(): Promise<number> {
    return inRootContext(() => this.#until('runOnce', undefined, () => this.#claimAndRun()))
  }

  /**
   * Runs jobs until none is due, and stops. At the deadline, if there is one, whatever still runs is told to stop and
   * given back. Returns how many jobs ran.
   */
  async drain(options: { readonly deadline?: Duration } = {}): Promise<number> {
    const deadlineMs = options.deadline === undefined ? undefined : parseDuration(options.deadline, 'deadline')
    return inRootContext(() => this.#until('drain', deadlineMs, () => this.#runAllDue()))
  }

  /**
   * Stops on SIGTERM and SIGINT; on a second signal gives everything back at once. A signal that comes while nothing runs
   * holds for the next `start`, `runOnce` or `drain`: that one runs nothing. Errors that nobody caught fail the job whose
   * handler caused them, with its signal aborted; any other is an `error` event and on stderr, then the worker stops and
   * the process exits with code 1. (Rejections are left to an application that listens to `unhandledRejection`.) Ends
   * when the worker has stopped.
   */
  handleSignals(): this {
    this.#endSignals ??= onProcess({
      first: () => this.#onSignal(undefined),
      again: () => this.#onSignal(0),
      broken: (error) => {
        this.#runtime.events.emit('error', { error, during: 'uncaught' })
        return this.stop()
      },
    })
    return this
  }

  #onSignal(timeoutMs: number | undefined): void {
    if (this.#state === 'idle' || this.#state === 'stopped') this.#isToldToStop = true
    else void inRootContext(() => this.#stop(timeoutMs))
  }

  async #start(): Promise<void> {
    const call = (this.#calls += 1)
    await this.#stopping
    if (call !== this.#calls) return
    if (this.#state === 'running' && this.#doing === 'start') return
    this.#open('start')
    if (this.#isToldToStop) return this.#stop(undefined)
    this.#listen()
    this.#components.reaper.start()
    this.#components.pruner?.start()
    this.#components.expirer.start()
    this.#components.poller.start()
  }

  async #until(what: Doing, deadlineMs: number | undefined, work: () => Promise<void>): Promise<number> {
    const before = this.#components.held.started
    this.#open(what)
    const deadline =
      deadlineMs === undefined ? undefined : this.#runtime.clock.setTimer(deadlineMs, () => void this.#stop(0))
    try {
      if (!this.#isToldToStop) await work()
    } finally {
      deadline?.cancel()
      await this.#stop(undefined)
    }
    return this.#components.held.started - before
  }

  async #claimAndRun(): Promise<void> {
    await this.#upkeep()
    if (this.#state === 'running') await this.#components.poller.claimOnce()
    await this.#changes.until(() => !this.#components.held.isBusy || this.#state !== 'running')
  }

  async #runAllDue(): Promise<void> {
    await this.#upkeep()
    if (this.#state !== 'running') return
    this.#listen()
    this.#components.reaper.start()
    this.#components.poller.start()
    await this.#changes.until(() => this.#state !== 'running' || (this.#components.poller.isDry && this.#isQuiet()))
  }

  /** For hosts that only call in: one step of what a started worker does all the time. */
  async #upkeep(): Promise<void> {
    const { reaper, pruner, expirer } = this.#components
    await Promise.all([reaper.look(), pruner?.step(), expirer.step()])
  }

  #open(doing: Doing): void {
    if (this.#state === 'running' || this.#state === 'draining') {
      throw new InvalidOptionError(doing, 'the worker is at work already; use start, runOnce and drain one at a time')
    }
    if (this.#runtime.closed()) throw new QueueClosedError()
    this.#enter('running')
    this.#doing = doing
    this.#outOfTime = false
    this.#components.settler.open()
    this.#components.held.accept()
    const queues = this.#settings.queues.map(({ queue }) => queue)
    this.#runtime.events.emit('worker:started', { worker: this.name, queues })
  }

  #listen(): void {
    const parts = { runtime: this.#runtime, options: this.#settings }
    this.#endWakeups = listenForWork(parts, this.#components)
    this.#endCancels = listenForCancels(parts, this.#components)
  }

  #stop(timeoutMs: number | undefined): Promise<void> {
    this.#calls += 1
    if (this.#state === 'idle' || this.#state === 'stopped') {
      this.#forgetSignals()
      return Promise.resolve()
    }
    const isFirst = this.#stopping === undefined
    if (timeoutMs !== undefined || isFirst) this.#limitStop(timeoutMs ?? this.#settings.stopTimeoutMs)
    this.#stopping ??= this.#windDown()
    return this.#stopping
  }

  #limitStop(timeoutMs: number): void {
    const end = (): void => {
      this.#outOfTime = true
      this.#changes.tell()
    }
    if (timeoutMs === 0) end()
    else this.#stopTimers.push(this.#runtime.clock.setTimer(timeoutMs, end))
  }

  async #windDown(): Promise<void> {
    this.#enter('draining')
    this.#runtime.events.emit('worker:stopping', { worker: this.name, running: this.#components.held.running })
    this.#endWakeups?.()
    this.#components.poller.stop()
    this.#components.held.refuse()
    const maintenance = this.#stopMaintenance()
    this.#changes.tell()

    const isQuiet = (): boolean => this.#isQuiet() && maintenance.isOver
    await this.#changes.until(() => this.#outOfTime || isQuiet())
    if (!isQuiet()) await this.#handBack(isQuiet)
    this.#close()
  }

  async #handBack(isQuiet: () => boolean): Promise<void> {
    this.#components.held.abortRunning()
    let gaveUp = false
    const lastCalls = this.#runtime.clock.setTimer(lastCallsMs, () => {
      gaveUp = true
      this.#changes.tell()
    })
    await this.#changes.until(() => gaveUp || isQuiet())
    lastCalls.cancel()
  }

  #stopMaintenance(): { isOver: boolean } {
    const maintenance = { isOver: false }
    const { reaper, pruner, expirer } = this.#components
    void Promise.all([reaper.stop(), pruner?.stop(), expirer.stop()]).then(() => {
      maintenance.isOver = true
      this.#changes.tell()
    })
    return maintenance
  }

  #close(): void {
    this.#endCancels?.()
    const unsettled = this.#components.settler.close()
    this.#components.reports.close()
    this.#components.batches.close()
    this.#components.keeper.close()
    this.#components.deadlines.clear()
    for (const timer of this.#stopTimers.splice(0)) timer.cancel()
    this.#forgetSignals()
    this.#isToldToStop = false
    this.#stopping = undefined
    this.#enter('stopped')
    const { events } = this.#runtime
    if (unsettled > 0) {
      const message = `Storage did not take ${unsettled} settlements in time; their jobs run again when the lease is over.`
      events.emit('warning', { code: 'unsettled_at_stop', message })
    }
    events.emit('worker:stopped', { worker: this.name })
  }

  #forgetSignals(): void {
    this.#endSignals?.()
    this.#endSignals = undefined
  }

  /** Nothing is claimed, running, or waiting for an answer of storage. */
  #isQuiet(): boolean {
    const { batches, held, poller, settler, reports, verdicts } = this.#components
    const isUnderWay = poller.isClaiming || settler.backlog > 0 || reports.awaited > 0 || verdicts.pending > 0
    // The rest of a call whose jobs are all decided is waited for, as long as there is time.
    const isCalling = batches.underWay > 0 && !this.#outOfTime
    return !held.isBusy && !isUnderWay && !isCalling
  }

  #changed(): void {
    this.#components.poller.claimIfUseful()
    this.#changes.tell()
  }

  #enter(state: WorkerState): void {
    if (!isLegalWorkerTransition(this.#state, state))
      throw new Error(`A worker cannot go from ${this.#state} to ${state}.`)
    this.#state = state
  }
}
