/** Source of a program with `count` jobs of all forms, a dispatch for each, one worker and a dispatch of many. */
export function manyJobsSource(count: number): string {
  const numbers = Array.from({ length: count }, (_, index) => index)
  return [
    `import { z } from 'zod'`,
    `import { defineJob, exponential, newJob, Queue, type Job, type StorageDriver } from '@goplate/queue-core'`,
    `declare const driver: StorageDriver<{ em?: { persist(entity: object): unknown } }>`,
    ...numbers.map((n) => forms[n % forms.length]!.define(n)),
    `const queue = new Queue({ driver, jobs: [${numbers.map((n) => `job${n}`).join(', ')}] })`,
    ...numbers.map((n) => `await queue.dispatch(job${n}, ${forms[n % forms.length]!.payload(n)}, { delay: '5m' })`),
    `await queue.dispatchAll([${numbers.map((n) => `newJob(job${n}, ${forms[n % forms.length]!.payload(n)})`).join(', ')}])`,
    `queue.createWorker({ queues: { ${numbers
      .map((n) => `queue_${n % 20}: {}`)
      .slice(0, 20)
      .join(', ')} } })`,
    `// @ts-expect-error wrong field type`,
    `await queue.dispatch(job0, { to: 1, n: 1 })`,
    `// @ts-expect-error no such queue`,
    `queue.createWorker({ queues: { queue_20: {} } })`,
    ``,
  ].join('\n')
}

interface Form {
  define(n: number): string
  payload(n: number): string
}

const withSchema: Form = {
  define: (n) =>
    `const job${n} = defineJob({ type: 'job_${n}', queue: 'queue_${n % 20}', maxAttempts: 3, ` +
    `payload: z.object({ to: z.email(), n: z.number(), tags: z.array(z.string()).default([]) }), ` +
    `retryAfter: exponential({ base: '30s', max: '10m' }), ` +
    `async handle(payload, context) { context.progress(payload.n); return { id: payload.to, n: ${n} } } })`,
  payload: (n) => `{ to: 'a@b.c', n: ${n} }`,
}
const annotated: Form = {
  define: (n) =>
    `const job${n} = defineJob({ type: 'job_${n}', queue: 'queue_${n % 20}', ` +
    `async handle(payload: { id: number; field${n}?: string }) { return payload.id } })`,
  payload: (n) => `{ id: ${n} }`,
}
const asClass: Form = {
  define: (n) =>
    `const job${n} = new (class implements Job<{ url: string; size${n}: number }, { bytes: number }> { ` +
    `readonly type = 'job_${n}'; readonly queue = 'queue_${n % 20}'; ` +
    `async handle(payload: { url: string; size${n}: number }) { return { bytes: payload.size${n} } } })()`,
  payload: (n) => `{ url: 'u', size${n}: ${n} }`,
}
const split: Form = {
  define: (n) =>
    `const job${n} = defineJob({ type: 'job_${n}', queue: 'queue_${n % 20}', ` +
    `payload: z.object({ invoiceId: z.coerce.number<string>() }), result: z.object({ pages: z.number() }) })` +
    `.handledBy(async (payload) => ({ pages: payload.invoiceId }))`,
  payload: (n) => `{ invoiceId: '${n}' }`,
}

const forms: readonly Form[] = [withSchema, annotated, asClass, split]
