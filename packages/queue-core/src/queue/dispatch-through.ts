import { InvalidOptionError } from '../errors.ts'
import { throughLayers, type DispatchDraft, type Layer, type Middleware, type StoredDraft } from '../job/middleware.ts'
import type { DispatchOptions } from '../job/job-options.ts'
import { decodeJson, encodeMeta } from '../payload/encode-json.ts'
import type { DispatchItem } from './dispatcher.ts'

/** One per job, in order; nothing for jobs whose id is not known yet. */
type Answers = readonly (StoredDraft | undefined)[]
type StorableMeta = NonNullable<DispatchOptions['meta']>
type Store = (items: readonly DispatchItem[]) => Promise<Answers>

/**
 * Takes each job of a call through the middleware, and stores them all at once when the last of them has come through:
 * a call stays one round trip, all or nothing. Without middleware it is just the storing.
 */
export async function dispatchThrough(
  middleware: readonly Middleware[],
  items: readonly DispatchItem[],
  store: Store,
): Promise<Answers> {
  const layers = middleware.filter((one) => one.dispatch !== undefined)
  if (layers.length === 0 || items.length === 0) return store(items)
  const call = new DraftedCall(items)
  const passages = call.drafts.map(async (draft, index) => {
    const around = layers.map((layer) => observing(layer, draft))
    try {
      await throughLayers(around, () => call.arrive(index))
      call.leave(index)
    } catch (error) {
      call.fail(error)
    }
  })
  await call.store(store)
  await Promise.all(passages)
  return call.outcome()
}

/** Whatever a middleware makes of it, the one around it learns what really became of the job. */
function observing(middleware: Middleware, draft: DispatchDraft): Layer<StoredDraft | undefined> {
  return async (next) => {
    let called: Promise<StoredDraft | undefined> | undefined
    await middleware.dispatch?.(draft, () => (called = next()))
    return called
  }
}

/** Where the jobs of one call wait for each other. */
class DraftedCall {
  readonly drafts: readonly DispatchDraft[]
  readonly #given: readonly DispatchItem[]
  readonly #arrived = new Set<number>()
  readonly #allArrived = Promise.withResolvers<void>()
  readonly #answers = Promise.withResolvers<Answers>()
  #failure: { readonly error: unknown } | undefined

  constructor(items: readonly DispatchItem[]) {
    this.#given = items
    this.drafts = items.map(({ type, payload, options }) => ({ type, payload, meta: copyOf(type, options?.meta) }))
    // Whoever waits for it hears of it; with a job that never arrives, perhaps nobody waits.
    this.#answers.promise.catch(() => undefined)
  }

  /** This job has come through. Resolves with what became of it. */
  async arrive(index: number): Promise<StoredDraft | undefined> {
    this.#arrived.add(index)
    if (this.#arrived.size === this.#given.length) this.#allArrived.resolve()
    return (await this.#answers.promise)[index]
  }

  /** Its middleware has returned. */
  leave(index: number): void {
    if (this.#arrived.has(index)) return
    this.fail(new InvalidOptionError('middleware', `did not call \`next\` for a job "${this.#given[index]!.type}"`))
  }

  /** Its middleware has thrown. Too late to undo what is stored, early enough to prevent it. */
  fail(error: unknown): void {
    this.#failure ??= { error }
    this.#allArrived.reject(error)
  }

  /** Waits for the last job, stores them, and answers all of them. Never rejects. */
  async store(store: Store): Promise<void> {
    try {
      await this.#allArrived.promise
      this.#answers.resolve(await store(this.#given.map((item, index) => withMeta(item, this.drafts[index]!))))
    } catch (error) {
      this.#answers.reject(error)
    }
  }

  /** A middleware's error first: it may be its words for storage's. */
  async outcome(): Promise<Answers> {
    if (this.#failure !== undefined) throw this.#failure.error
    return this.#answers.promise
  }
}

function withMeta(item: DispatchItem, { meta }: DispatchDraft): DispatchItem {
  if (item.options?.meta === undefined && Object.keys(meta).length === 0) return item
  return { ...item, options: { ...item.options, meta: meta as StorableMeta } }
}

/** The caller's object is never touched, at any depth. Throws `InvalidPayloadError`, `PayloadTooLargeError`. */
function copyOf(type: string, meta: unknown): DispatchDraft['meta'] {
  return meta === undefined ? {} : (decodeJson(encodeMeta(type, meta)) as DispatchDraft['meta'])
}
