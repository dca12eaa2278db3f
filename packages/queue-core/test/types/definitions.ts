// What `defineJob` infers and refuses. Checked by the compiler, never run: every line is a claim.
import { type } from 'arktype'
import * as v from 'valibot'
import { z } from 'zod'

import {
  constant,
  defineJob,
  exponential,
  payloadOf,
  PermanentError,
  type Duration,
  type Job,
  type JobContext,
  type PayloadIn,
  type ResultFor,
  type RetryAfter,
} from '@goplate/queue-core'
import type { EntityManager } from './adapter.ts'
import { is, type Equal } from './equal.ts'

declare const mailer: {
  sendMail(mail: { to: string; subject: string; body: string }): Promise<{ messageId: string }>
}

// A schema and a handler: the payload is the schema's output, the literal type is kept, the result inferred.
export const sendEmail = defineJob({
  type: 'send_email',
  payload: z.object({
    to: z.email(),
    subject: z.string().default('(none)'),
    body: z.string(),
    at: z.iso
      .datetime()
      .transform((text) => new Date(text))
      .optional(),
  }),
  queue: 'mail',
  maxAttempts: 3,
  retryAfter: exponential({ base: '30s', max: '10m' }),
  timeout: '1m',
  async handle(payload, context) {
    is<Equal<typeof payload.subject, string>>()
    is<Equal<typeof payload.at, Date | undefined>>()
    // @ts-expect-error no such field
    void payload.nope
    context.progress(50)
    if (context.attempt > 5) return context.snooze('5m')
    return mailer.sendMail(payload)
  },
})
is<Equal<typeof sendEmail.type, 'send_email'>>()
is<Equal<typeof sendEmail.queue, 'mail'>>()
// The snooze is not part of the result.
is<Equal<ResultFor<typeof sendEmail>, { messageId: string }>>()
is<
  Equal<
    PayloadIn<typeof sendEmail>,
    { to: string; subject?: string | undefined; body: string; at?: string | undefined }
  >
>()

// The class form: four methods and fields.
interface ImagePayload {
  imageUrl: string
  userId: number
  processType: 'resize' | 'compress'
}
export class ProcessImage implements Job<ImagePayload, { bytes: number }> {
  readonly type = 'process_image'
  readonly queue = 'images'
  readonly maxAttempts = 5
  retryAfter(attempt: number): Duration {
    return `${attempt}m`
  }
  async handle(payload: ImagePayload, context: JobContext): Promise<{ bytes: number }> {
    if (payload.processType !== 'resize') throw new PermanentError(`unknown ${payload.processType}`)
    return context.complete(async (em) => {
      is<Equal<typeof em, EntityManager>>()
      em.persist({})
      return { bytes: 1 }
    })
  }
}

// Split: a controller imports this, and no handler comes along.
export const sendInvoice = defineJob({
  type: 'send_invoice',
  payload: z.object({ invoiceId: z.coerce.number<string>() }),
  result: z.object({ pages: z.number() }),
})
export const sendInvoiceHandled = sendInvoice.handledBy(async (payload, context) => {
  is<Equal<typeof payload.invoiceId, number>>()
  void context.signal
  return { pages: 3 }
})
sendInvoice.handledBy({ handle: async (payload) => ({ pages: payload.invoiceId }) })
sendInvoice.handledBy(async (_payload, context) => context.snooze('5m'))
// @ts-expect-error the declared result is { pages: number }
sendInvoice.handledBy(async () => ({ sheets: 3 }))
// @ts-expect-error a definition without handle has none
void sendInvoice.handle

// Other Standard Schema libraries, and no schema at all.
export const valibotJob = defineJob({
  type: 'valibot_job',
  payload: v.object({ n: v.pipe(v.string(), v.transform(Number)) }),
  async handle(payload) {
    is<Equal<typeof payload.n, number>>()
  },
})
is<Equal<PayloadIn<typeof valibotJob>, { n: string }>>()
export const arkJob = defineJob({
  type: 'ark_job',
  payload: type({ n: 'number' }),
  async handle(payload) {
    is<Equal<typeof payload.n, number>>()
  },
})
is<Equal<PayloadIn<typeof arkJob>, { n: number }>>()
export const annotated = defineJob({
  type: 'annotated',
  async handle(payload: { id: number }, context) {
    void context.signal
    return payload.id
  },
})
is<Equal<PayloadIn<typeof annotated>, { id: number }>>()
is<Equal<ResultFor<typeof annotated>, number>>()
export const phantom = defineJob({
  type: 'phantom',
  payload: payloadOf<{ id: number }>(),
  async handle(payload) {
    is<Equal<typeof payload, { id: number }>>()
  },
})

// No schema and nothing annotated: unknown, not any.
const loose = defineJob({
  type: 'loose',
  async handle(payload) {
    is<Equal<typeof payload, unknown>>()
  },
})
is<Equal<PayloadIn<typeof loose>, unknown>>()

// A payload that cannot be stored is refused where it is written.
// @ts-expect-error z.date() takes a Date, which JSON does not keep
defineJob({ type: 'bad_date', payload: z.object({ at: z.date() }), async handle() {} })
// @ts-expect-error bigint
defineJob({ type: 'bad_big', payload: z.object({ n: z.bigint() }), async handle() {} })
// @ts-expect-error also in the split form, also deep inside
defineJob({ type: 'bad_deep', payload: z.object({ list: z.array(z.object({ at: z.date() })) }) })
// @ts-expect-error a map
defineJob({ type: 'bad_map', payload: z.map(z.string(), z.number()), async handle() {} })

// @ts-expect-error a URL is an object with methods
defineJob({ type: 'bad_url', payload: payloadOf<{ link: URL }>(), async handle() {} })
// @ts-expect-error also when it is optional
defineJob({ type: 'bad_optional', payload: payloadOf<{ at?: Date }>(), async handle() {} })

// What JSON keeps is accepted: recursive, union, tuple, record, enum, brand, interface, any, unknown.
const tree = z.object({
  name: z.string(),
  get children() {
    return z.array(tree)
  },
})
defineJob({ type: 'tree', payload: tree, async handle() {} })
interface Comment {
  text: string
  replies?: Comment[]
}
defineJob({ type: 'comments', payload: payloadOf<readonly Comment[]>(), async handle() {} })
defineJob({
  type: 'wide',
  payload: z.object({
    union: z.union([z.string(), z.object({ kind: z.literal('a'), n: z.number().nullable() })]),
    tuple: z.tuple([z.string(), z.number()]).rest(z.boolean()),
    record: z.record(z.string(), z.number().optional()),
    choice: z.enum(['x', 'y']),
    id: z.string().brand<'Id'>(),
    free: z.unknown(),
    freer: z.any(),
  }),
  async handle() {},
})

// retryAfter: a duration, a policy, a function; anything else is refused.
const retries: RetryAfter[] = [
  '30s',
  500,
  constant('1m'),
  (attempt, error) => (error instanceof TypeError ? '1s' : `${attempt}m`),
]
defineJob({ type: 'a', retryAfter: retries[0] ?? '1s', async handle() {} })
defineJob({
  type: 'b',
  retryAfter: (attempt, error) => {
    is<Equal<typeof attempt, number>>()
    is<Equal<typeof error, unknown>>()
    return attempt * 1000
  },
  payload: z.object({}),
  async handle(payload) {
    void payload
  },
})
// @ts-expect-error unit
defineJob({ type: 'c', retryAfter: '30 seconds', async handle() {} })
// @ts-expect-error option name
defineJob({ type: 'd', maxAttemps: 3, async handle() {} })
