import { isBusy } from './error-mapping.ts'
import type { Session } from './session.ts'

type Work<T> = (session: Session) => T

interface Call {
  readonly work: Work<unknown>
  /** On the clock of `performance`: after it the call gives up waiting for its turn. */
  readonly deadline: number
  readonly done: PromiseWithResolvers<unknown>
}

type Outcome = { readonly value: unknown } | { readonly error: unknown }

/** Runs synchronous work in a transaction, once the connection is free; rejects after the deadline. */
export type Turn = <T>(deadline: number, work: Work<T>) => Promise<T>

/** So much of the event loop's time one turn may take. */
const mostCalls = 200

/**
 * Calls that wait for the connection at the same time share one transaction, and so one write to the disk. They do not
 * fail each other: each works in a savepoint of its own, and is answered after the commit. A call that is alone has the
 * transaction for itself.
 */
export class GroupCommit {
  readonly #turn: Turn
  #waiting: Call[] = []
  /** A turn was asked for and has not come yet: it takes whoever waits by then. */
  #isAsked = false

  constructor(turn: Turn) {
    this.#turn = turn
  }

  run<T>(work: Work<T>, deadline: number): Promise<T> {
    const done = Promise.withResolvers<unknown>()
    this.#waiting.push({ work, deadline, done })
    this.#ask()
    return done.promise as Promise<T>
  }

  #ask(): void {
    const oldest = this.#waiting[0]
    if (this.#isAsked || oldest === undefined) return
    this.#isAsked = true
    let calls: readonly Call[] = []
    const take = (session: Session): readonly Outcome[] => {
      this.#isAsked = false
      calls = this.#waiting.splice(0, mostCalls)
      this.#ask()
      return workAll(session, calls)
    }
    this.#turn(oldest.deadline, take).then(
      (outcomes) => answer(calls, outcomes),
      (error: unknown) => {
        if (calls.length > 0)
          return answer(
            calls,
            calls.map(() => ({ error })),
          )
        // It never came: only the one whose deadline it had gives up.
        this.#isAsked = false
        this.#waiting.shift()?.done.reject(error)
        this.#ask()
      },
    )
  }
}

function workAll(session: Session, calls: readonly Call[]): readonly Outcome[] {
  if (calls.length === 1) return [{ value: calls[0]!.work(session) }]
  return calls.map(({ work }) => {
    try {
      return { value: session.nested(() => work(session)) }
    } catch (error) {
      // After some errors SQLite has rolled everything back by itself.
      if (isBusy(error) || !session.native.inTransaction) throw error
      return { error }
    }
  })
}

function answer(calls: readonly Call[], outcomes: readonly Outcome[]): void {
  for (const [index, { done }] of calls.entries()) {
    const outcome = outcomes[index]!
    if ('error' in outcome) done.reject(outcome.error)
    else done.resolve(outcome.value)
  }
}
