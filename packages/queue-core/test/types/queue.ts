// What a queue and a registry accept and refuse. Checked by the compiler, never run: every line is a claim.
import { JobRegistry, newJob, Queue, type AnyJob, type JobRecord, type Middleware } from '@goplate/queue-core'
import { em, someDriver } from './adapter.ts'
import { annotated, phantom, ProcessImage, sendEmail, sendInvoice, sendInvoiceHandled } from './definitions.ts'
import { is, type Equal } from './equal.ts'

const driver = someDriver()
const processImage = new ProcessImage()

// The union of its jobs.
const queue = new Queue({ driver, jobs: [sendEmail, processImage, sendInvoiceHandled, annotated] })
// @ts-expect-error twice the same type
new Queue({ driver, jobs: [sendEmail, processImage, sendEmail] })

// dispatch
const dispatched = await queue.dispatch(sendEmail, { to: 'a@b.c', body: 'hi' })
is<Equal<typeof dispatched.id, string>>()
await queue.dispatch(sendEmail, { to: 'a@b.c', body: 'hi' }, { delay: '5m', priority: 1, unique: { key: 'a' } })
await queue.dispatch(sendEmail, { to: 'a@b.c', body: 'hi' }, { em })
await queue.dispatch(processImage, { imageUrl: 'u', userId: 1, processType: 'compress' })
await queue.dispatch(sendInvoice, { invoiceId: '7' }) // by the split half, without its handler
await queue.dispatch(sendInvoiceHandled, { invoiceId: '7' })
await queue.dispatch(annotated, { id: 1 })
await queue.dispatchMany(sendEmail, [{ to: 'a@b.c', body: 'x' }], { em })
await queue.dispatchAll([
  sendEmail.with({ to: 'a', body: 'b' }, { delay: '1m' }),
  sendInvoice.with({ invoiceId: '1' }),
  newJob(processImage, { imageUrl: 'u', userId: 1, processType: 'resize' }, { delay: '1s' }),
])
// @ts-expect-error wrong field type
await queue.dispatch(sendEmail, { to: 1, body: 'hi' })
// @ts-expect-error missing field
await queue.dispatch(sendEmail, { to: 'a@b.c' })
// @ts-expect-error unknown field
await queue.dispatch(sendEmail, { to: 'a@b.c', body: 'hi', cc: 'x' })
// @ts-expect-error output type where input is asked
await queue.dispatch(sendInvoice, { invoiceId: 7 })
// @ts-expect-error class job, wrong literal
await queue.dispatch(processImage, { imageUrl: 'u', userId: 1, processType: 'crop' })
// @ts-expect-error not registered with this queue
await queue.dispatch(phantom, { id: 1 })
// @ts-expect-error a string is not a definition
await queue.dispatch('send_email', { to: 'a@b.c', body: 'hi' })
// @ts-expect-error option name
await queue.dispatch(sendEmail, { to: 'a@b.c', body: 'hi' }, { dealy: '5m' })
// @ts-expect-error not an EntityManager
await queue.dispatch(sendEmail, { to: 'a@b.c', body: 'hi' }, { em: 1 })
// @ts-expect-error one of the jobs is not registered
await queue.dispatchAll([phantom.with({ id: 1 })])
// @ts-expect-error wrong payload of a class job
newJob(processImage, { imageUrl: 'u', userId: '1', processType: 'resize' })

// Workers: queue names are typed, handlers required.
queue.createWorker()
queue.createWorker({ queues: { mail: { concurrency: 10 }, images: { concurrency: 2 }, default: {} } })
// @ts-expect-error no job goes to this queue
queue.createWorker({ queues: { mial: { concurrency: 10 } } })
const producer = new Queue({ driver, jobs: [sendEmail, sendInvoice] })
await producer.dispatch(sendInvoice, { invoiceId: '7' })
// @ts-expect-error send_invoice has no handler here
producer.createWorker()

// Limits by queue: their names are typed as well.
new Queue({ driver, jobs: [sendEmail, processImage], maxPending: 10_000 })
new Queue({ driver, jobs: [sendEmail, processImage], maxPending: { mail: 10_000 } })
// @ts-expect-error no job goes to this queue
new Queue({ driver, jobs: [sendEmail, processImage], maxPending: { mial: 10_000 } })

// Middleware may add to meta what JSON keeps, and nothing else.
const middleware: Middleware = {
  dispatch(draft, next) {
    draft.meta['tenant'] = 'acme'
    // @ts-expect-error not JSON
    draft.meta['at'] = Symbol('now')
    // @ts-expect-error a payload is not for middleware to change
    draft.payload = {}
    return next()
  },
  handle: ({ context, meta }, next) => (meta['tenant'] === context.type ? next() : undefined),
}
new Queue({ driver, jobs: [sendEmail], middleware: [middleware] })

// A registry as a value keeps its types, also when it grows.
const registry = new JobRegistry([sendEmail, processImage]).add(sendInvoiceHandled)
const registered = new Queue({ driver, jobs: registry })
await registered.dispatch(sendInvoice, { invoiceId: '7' })
registered.createWorker({ queues: { mail: {}, images: {}, default: {} } })
// @ts-expect-error not in the registry
await registered.dispatch(annotated, { id: 1 })

// Reading and waiting.
is<Equal<Awaited<ReturnType<typeof queue.find>>, JobRecord | undefined>>()
const sent = await queue.waitFor(dispatched, { timeout: '5s' })
is<Equal<typeof sent, { messageId: string }>>()
is<Equal<Awaited<ReturnType<typeof queue.waitFor>>, unknown>>()

// A wide queue (a helper function, dependency injection) takes any definition, with its own payload.
async function helper(wide: Queue<readonly AnyJob[]>): Promise<void> {
  await wide.dispatch(sendEmail, { to: 'a', body: 'b' })
  // @ts-expect-error wrong field type
  await wide.dispatch(sendEmail, { to: 1, body: 'b' })
}
await helper(new Queue({ driver, jobs: [sendEmail, new ProcessImage()] }))

// An array built elsewhere, as const and not.
const fixed = [sendEmail, sendInvoiceHandled] as const
new Queue({ driver, jobs: fixed }).createWorker({ queues: { mail: {} } })
const dynamic: AnyJob[] = [sendEmail]
new Queue({ driver, jobs: dynamic }).createWorker()
