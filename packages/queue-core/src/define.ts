// The half a controller or a browser bundle may import: definitions, policies, durations. Reaches no node: module.
export { defineJob, newJob, payloadOf } from './define-job.ts'
export { parseDuration, type Duration } from './duration.ts'
export { constant, exponential, type Jitter, type RetryAfter, type RetryPolicy } from './job/retry-policy.ts'
export type {
  BatchContext,
  BatchJob,
  BatchOptions,
  BatchResultOf,
  BatchResults,
  BatchResultsWith,
} from './job/batch.ts'
export type { HandlerOutcome } from './job/handler-outcome.ts'
export type { Job, JobContext, Transaction, TransactionTypes, AnyJob, PayloadIn, ResultFor } from './job/job.ts'
export type { DispatchOptions, JobDefaults } from './job/job-options.ts'
export type { BatchedJob, HandledJob, ResultOf, SplitJob } from './job/handled-job.ts'
export type { JobDefinition, NewJob } from './job/job-definition.ts'
export type { JobId } from './job/stored-job.ts'
export type { Json, JsonOf, NotJson } from './payload/json.ts'
export type { StandardSchemaV1 } from './payload/standard-schema.ts'
