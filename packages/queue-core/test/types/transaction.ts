// One declaration merge names the transaction for both entries, though they only re-export the interface.
import { defineJob, Queue, type Transaction } from '@goplate/queue-core'
import {
  defineJob as defineLean,
  type JobContext,
  type Transaction as LeanTransaction,
} from '@goplate/queue-core/define'
import { someDriver, type EntityManager } from './adapter.ts'
import { is, type Equal } from './equal.ts'

is<Equal<Transaction, EntityManager>>()
is<Equal<LeanTransaction, EntityManager>>()

const first = defineJob({
  type: 'first',
  async handle(payload: { n: number }, context) {
    return context.complete(async (em) => {
      is<Equal<typeof em, EntityManager>>()
      em.persist({})
      return payload.n
    })
  },
})
const second = defineLean({
  type: 'second',
  async handle(payload: { n: number }, context: JobContext) {
    return context.complete(async (em) => (await em.flush(), payload.n))
  },
})
const queue = new Queue({ driver: someDriver(), jobs: [first, second] })
await queue.dispatch(first, { n: 1 })
// @ts-expect-error wrong field type
await queue.dispatch(second, { n: '1' })
