import { setTimeout as pause } from 'node:timers/promises'
import type { Payload, Producer } from '../contender.ts'
import { nowUs } from '../measure/clock.ts'

/** Makes the JSON of a payload about 110 bytes long. */
const text = 'a line of text such as jobs carry, sixty characters of it'

export interface Span {
  readonly fromUs: number
  readonly toUs: number
}

export function produceBulk(producer: Producer, request: { jobs: number; batch: number }): Promise<Span> {
  return timed(async () => {
    for (let n = 0; n < request.jobs; n += request.batch) {
      const size = Math.min(request.batch, request.jobs - n)
      await producer.dispatchMany(Array.from({ length: size }, (_, index) => payloadOf(n + index)))
    }
  })
}

/** So many callers, each of which awaits one dispatch before the next. */
export function produceOneByOne(
  producer: Producer,
  request: { jobs: number; callers: number; withRow?: boolean },
): Promise<Span> {
  let next = 0
  const dispatch = request.withRow === true ? producer.dispatchWithRow : producer.dispatch
  const call = async () => {
    while (next < request.jobs) await dispatch?.call(producer, payloadOf(next++))
  }
  return timed(() => Promise.all(Array.from({ length: request.callers }, call)))
}

/** One at a time with a pause between, of which no timer of a worker can be a multiple. */
export function producePaced(producer: Producer, request: { jobs: number; gapMs: number }): Promise<Span> {
  return timed(async () => {
    for (let n = 0; n < request.jobs; n += 1) {
      await producer.dispatch(payloadOf(n))
      await pause(request.gapMs + (n % 7))
    }
  })
}

async function timed(work: () => Promise<unknown>): Promise<Span> {
  const fromUs = nowUs()
  await work()
  return { fromUs, toUs: nowUs() }
}

function payloadOf(n: number): Payload {
  return { n, at: nowUs(), text }
}
