import { fork, type ChildProcess } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import type { WorkerEvent, WorkerSettings } from './wire.ts'

const script = new URL('../../worker.ts', import.meta.url)
const running = new Set<WorkerProcess>()

/** Also those that are stopped: nothing outlives the demo. */
export async function killAllWorkers(): Promise<void> {
  for (const worker of running) worker.kill('SIGKILL')
  await Promise.all([...running].map(({ exited }) => exited))
}

/** A worker of the application in a process of its own, whose events arrive here. */
export class WorkerProcess {
  readonly name: string
  readonly events: readonly WorkerEvent[]
  readonly exited: Promise<string>
  readonly #child: ChildProcess
  readonly #arrivals = new EventEmitter().setMaxListeners(0)

  constructor(settings: WorkerSettings, onEvent: (event: WorkerEvent) => void) {
    this.name = settings.name
    const events: WorkerEvent[] = []
    this.events = events
    // Not as an argument: the address of a database holds its password, and arguments are for everybody to read.
    this.#child = fork(script, { env: { ...process.env, EXAMPLE_WORKER: JSON.stringify(settings) } })
    this.#child.on('message', (message) => {
      const event = message as WorkerEvent
      events.push(event)
      onEvent(event)
      this.#arrivals.emit('arrival')
    })
    this.exited = once(this.#child, 'exit').then(([code, signal]: (number | string | null)[]) => {
      running.delete(this)
      this.#arrivals.emit('arrival')
      return signal == null ? `exit code ${code ?? 'unknown'}` : String(signal)
    })
    running.add(this)
  }

  /** The first event that fits, also one that came before. Rejects when the process ends without it. */
  async event(fits: (event: WorkerEvent) => boolean): Promise<WorkerEvent> {
    for (;;) {
      const found = this.events.find(fits)
      if (found !== undefined) return found
      if (!running.has(this)) throw new Error(`worker ${this.name} ended: ${await this.exited}`)
      await once(this.#arrivals, 'arrival')
    }
  }

  /** Lets the process stop itself (SIGSTOP) just before it writes its next outcome; see freezer.ts. */
  async freezeBeforeNextOutcome(): Promise<void> {
    this.#child.send('freeze')
    await this.event(({ name }) => name === 'freezer:armed')
  }

  /** Sends a signal, as an operator would. */
  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }
}
