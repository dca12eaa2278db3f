import type { Dispatched, JobId } from '@goplate/queue-core'
import type { App } from '../app/app.ts'
import type { AppSettings } from '../app/settings.ts'
import type { Fact } from './verdict/expected.ts'
import type { MailCatcher } from '../mail/mail-catcher.ts'
import type { Narrator } from './narrator.ts'
import type { PhotoServer } from './world/photo-server.ts'
import { WorkerProcess } from './workers/processes.ts'
import { tell } from './tell.ts'
import type { WorkerEvent } from './workers/wire.ts'
import { within } from './within.ts'

/** What the steps share: the application, the world around it, and what was seen so far. */
export class Stage {
  readonly app: App
  readonly mail: MailCatcher
  readonly photos: PhotoServer
  readonly narrator: Narrator
  /** The jobs of the story by the name they have in it. */
  readonly cast = new Map<string, JobId>()
  /** What was observed beside the jobs; `expected.ts` says what it should be. */
  readonly facts: Record<string, Fact> = {}
  readonly #settings: AppSettings

  constructor(parts: Pick<Stage, 'app' | 'mail' | 'photos' | 'narrator'> & { settings: AppSettings }) {
    this.app = parts.app
    this.mail = parts.mail
    this.photos = parts.photos
    this.narrator = parts.narrator
    this.#settings = parts.settings
  }

  introduce(name: string, job: Dispatched<unknown>): JobId {
    this.cast.set(name, job.id)
    this.narrator.say('app', `dispatched job ${job.id}, ${name}`)
    return job.id
  }

  /** The job's name in the story, or its id when it has none. */
  nameOf(id: JobId | undefined): string {
    return [...this.cast].find(([, known]) => known === id)?.[0] ?? `job ${String(id)}`
  }

  async startWorker(name: string): Promise<WorkerProcess> {
    const worker = new WorkerProcess({ ...this.#settings, name }, (event) => this.#hear(name, event))
    await within(
      30,
      `worker ${name} to start`,
      worker.event(({ name: event }) => event === 'worker:started'),
    )
    return worker
  }

  /** Asks a worker to finish what it does and to leave, as a deployment would; resolves to how it ended. */
  async dismiss(worker: WorkerProcess): Promise<string> {
    worker.kill('SIGTERM')
    return within(30, `worker ${worker.name} to leave`, worker.exited)
  }

  /** Waits until these jobs have ended, however they ended. */
  async ended(names: Iterable<string>): Promise<void> {
    for (const name of names) {
      const ended = this.app.queue.waitFor(this.cast.get(name) ?? '').catch((error: unknown) => {
        if (!isEnd(error)) throw error
      })
      await within(60, `${name} to end`, ended)
    }
  }

  #hear(worker: string, event: WorkerEvent): void {
    const line = tell(event, (id) => this.nameOf(id))
    if (line !== undefined) this.narrator.say(`worker ${worker}`, line.text, line.style)
  }
}

function isEnd(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'GPQ_JOB_NOT_FINISHED'
}
