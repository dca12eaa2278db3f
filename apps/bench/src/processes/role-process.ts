import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { ContenderId, WorkerSettings } from '../contender.ts'
import type { Progress, Reply, Request } from './role-messages.ts'

export interface RoleOptions {
  readonly contender: ContenderId
  readonly part: 'produce' | 'consume'
  readonly url: string
  readonly settings?: WorkerSettings
}

type Done = Exclude<Reply, { failed: string }>

/** One process that plays a role, from outside. */
export class RoleProcess {
  readonly #child: ChildProcess
  readonly #name: string
  #waiting: { resolve(reply: Reply): void; reject(error: Error): void } | undefined
  #handled = 0
  #onProgress: () => void = () => {}

  private constructor({ contender, part, url, settings = {} }: RoleOptions) {
    this.#name = `${contender}, ${part}`
    this.#child = fork(new URL('role.ts', import.meta.url), [contender, part, url, JSON.stringify(settings)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      // The IPC messages and the handlers are all that these processes do besides.
      execArgv: ['--no-warnings'],
    })
    this.#child.on('message', (message: Reply | Progress) => this.#receive(message))
    this.#child.once('exit', (code) =>
      this.#waiting?.reject(new Error(`${this.#name}: the process ended with ${code}`)),
    )
  }

  static async start(options: RoleOptions): Promise<RoleProcess> {
    const role = new RoleProcess(options)
    await role.#reply()
    return role
  }

  get handled(): number {
    return this.#handled
  }

  onProgress(listener: () => void): void {
    this.#onProgress = listener
  }

  async ask<Answer extends Done['done']>(request: Request, answer: Answer): Promise<Extract<Done, { done: Answer }>> {
    const reply = this.#reply()
    this.#child.send(request)
    const got = await reply
    if (got.done !== answer) throw new Error(`${this.#name}: ${got.done} in answer to ${request.do}`)
    return got as Extract<Done, { done: Answer }>
  }

  /** Its last request was `stop`, or it is not worth asking. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null) return
    const exit = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exit
  }

  async #reply(): Promise<Done> {
    const reply = await new Promise<Reply>((resolve, reject) => (this.#waiting = { resolve, reject }))
    this.#waiting = undefined
    if ('failed' in reply) throw new Error(`${this.#name}: ${reply.failed}`)
    return reply
  }

  #receive(message: Reply | Progress): void {
    if ('handled' in message) {
      this.#handled = message.handled
      this.#onProgress()
    } else {
      this.#waiting?.resolve(message)
    }
  }
}
