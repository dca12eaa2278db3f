import type { Executor } from './executor.ts'
import { numberOf } from './row-mapping.ts'
import { registerWorker } from './statements/register-worker.ts'

/** Each name of a worker gets one row per driver; leases and outcomes refer to it. */
export class WorkerIds {
  readonly #executor: Executor
  readonly #ids = new Map<string, Promise<number>>()
  readonly #known = new Set<number>()

  constructor(executor: Executor) {
    this.#executor = executor
  }

  /** Of the workers this driver registered. */
  get known(): readonly number[] {
    return [...this.#known]
  }

  idOf(name: string, now?: number): Promise<number> {
    let id = this.#ids.get(name)
    if (id === undefined) {
      id = this.#register(name, now)
      this.#ids.set(name, id)
      id.catch(() => this.#ids.delete(name))
    }
    return id
  }

  async #register(name: string, now?: number): Promise<number> {
    const [row] = await this.#executor.run(registerWorker, [name], now)
    const id = numberOf(row?.id)
    this.#known.add(id)
    return id
  }
}
