import { InvalidOptionError, TransactionError, type DispatchReply, type DispatchRequest } from '@goplate/queue-core'
import type { CallerUnitOfWork } from '../conformance/driver-harness.ts'

type Store = (request: DispatchRequest) => Promise<DispatchReply>

/** Keeps staged jobs until they are flushed, all in one call. */
export class MemoryUnitOfWork implements CallerUnitOfWork<{ readonly unitOfWork?: object }> {
  readonly caller: { readonly unitOfWork: object } = { unitOfWork: this }
  readonly #store: Store
  #staged: DispatchRequest[] = []

  constructor(store: Store) {
    this.#store = store
  }

  static of({ unitOfWork }: { readonly unitOfWork?: object }): MemoryUnitOfWork {
    if (unitOfWork instanceof MemoryUnitOfWork) return unitOfWork
    throw new InvalidOptionError('unitOfWork', 'is needed to stage a job')
  }

  stage(request: DispatchRequest): void {
    this.#staged.push(request)
  }

  async flush(): Promise<void> {
    const staged = this.#staged.splice(0)
    if (staged.length === 0) return
    const reply = await this.#store({ ...staged.at(-1)!, jobs: staged.flatMap(({ jobs }) => jobs) })
    if (!reply.stored) throw new TransactionError('A staged job met a held key.')
  }

  giveUp(): void {
    this.#staged = []
  }
}
