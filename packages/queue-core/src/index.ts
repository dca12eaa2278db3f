export { Queue } from './queue/queue.ts'
export type { JobPage, ListOptions } from './queue/look-up.ts'
export type { Erased, EraseFilter, EraseOptions } from './queue/erase.ts'
export type { MaxPending } from './queue/backlog.ts'
export type { WaitOptions } from './queue/wait-for-end.ts'
export type { DeleteVerdict, LogRecord, PausedThing, PauseOptions, PauseRecord } from './queue/administration.ts'
export type { QueueHealth } from './queue/health.ts'
export type { QueueOptions } from './queue/queue-options.ts'
export type { Worker } from './worker/worker.ts'
export type { Concurrency, QueueSettings, WorkerOptions } from './worker/worker-options.ts'
export type { RetentionOptions } from './worker/retention-options.ts'
export { defineJob, newJob, payloadOf } from './define-job.ts'
export { parseDuration, type Duration } from './duration.ts'
export {
  DuplicateJobError,
  DuplicateTypeError,
  InvalidOptionError,
  InvalidPayloadError,
  JobAbortedError,
  JobNotFinishedError,
  JobNotFoundError,
  MissingHandlerError,
  PayloadTooLargeError,
  PermanentError,
  QueueClosedError,
  QueueError,
  QueueFullError,
  SchemaError,
  StorageError,
  TimeoutError,
  TransactionError,
  UnknownJobError,
  UnsupportedError,
  WaitTimeoutError,
  queueErrorCodes,
  type AbortReason,
  type PayloadIssue,
  type QueueErrorCode,
  type StorageErrorKind,
} from './errors.ts'
export { JobRegistry, registerJobs } from './job-registry.ts'
export { constant, exponential, type Jitter, type RetryAfter, type RetryPolicy } from './job/retry-policy.ts'
export { describeError, encodeError, type ErrorDescription } from './job/describe-error.ts'
export { toJobRecord, type JobRecord, type OutcomeRecord } from './job/job-record.ts'
export { jobLabel, type JobLabel, type Obstacles } from './job/job-label.ts'
export {
  endedStates,
  failureReasons,
  isEnded,
  isLegalTransition,
  jobStates,
  jobTransitions,
  type EndedState,
  type FailureReason,
  type JobState,
  type JobTransition,
} from './job/job-state.ts'
export type { DispatchDraft, HandledAttempt, Middleware, StoredDraft } from './job/middleware.ts'
export { newLeaseId } from './lease-id.ts'
export { silentLogger, type Logger } from './logger.ts'
export { systemClock } from './system-clock.ts'
export { systemRandom } from './system-random.ts'
export { noCapabilities, type DriverCapabilities } from './driver/driver-capabilities.ts'
export type {
  AttemptReport,
  CompleteRequest,
  DriverExpiry,
  DriverMigrations,
  DriverPausing,
  DriverReports,
  DriverTransactions,
  DriverWakeups,
  ExpiredJob,
  ExpireRequest,
  LinesRequest,
  LogLine,
  Pause,
  PauseRequest,
  PauseTarget,
  ReportRequest,
  StoredLogLine,
} from './driver/driver-groups.ts'
export type { Timed } from './driver/timed.ts'
export type {
  CancelRequest,
  CancelVerdict,
  ClaimReply,
  ClaimRequest,
  CountRequest,
  DispatchReceipt,
  DispatchReply,
  DispatchRequest,
  ExtendReply,
  ExtendRequest,
  FindRequest,
  JobCount,
  JobFilter,
  LeaseSighting,
  Overdue,
  ListReply,
  ListRequest,
  PruneReply,
  PruneRequest,
  ReapReply,
  ReapRequest,
  ReapedJob,
  RemoveRequest,
  RemoveVerdict,
  Retention,
  RetentionTimes,
  RetryRequest,
  RetryVerdict,
  SettleRequest,
  StorageDriver,
} from './driver/storage-driver.ts'
export type { Clock, Timer } from './clock.ts'
export type { AttemptFacts, QueueEventName, QueueEvents } from './events.ts'
export type { ClaimedJob, ClaimRef, Settlement, SettlementVerdict } from './job/claimed-job.ts'
export type {
  BatchContext,
  BatchJob,
  BatchOptions,
  BatchResultOf,
  BatchResults,
  BatchResultsWith,
} from './job/batch.ts'
export type { HandlerOutcome } from './job/handler-outcome.ts'
export type {
  DispatchAny,
  Job,
  JobContext,
  Transaction,
  TransactionTypes,
  AnyDefinition,
  AnyJob,
  PayloadIn,
  QueueOf,
  ResultFor,
  TypeOf,
} from './job/job.ts'
export type { Dispatched, DispatchOptions, JobDefaults } from './job/job-options.ts'
export type { Accepts, NoDuplicates, Unhandled } from './job/accepted-jobs.ts'
export type { BatchedJob, HandledJob, ResultOf, SplitJob } from './job/handled-job.ts'
export type { JobDefinition, NewJob } from './job/job-definition.ts'
export type { RegisteredBatch, RegisteredJob, RegisteredJobs } from './job/registered-job.ts'
export {
  outcomeNames,
  type JobId,
  type JsonText,
  type LeaseId,
  type NewJobRecord,
  type OutcomeName,
  type StoredJob,
  type StoredOutcome,
  type UniqueKey,
} from './job/stored-job.ts'
export type { Json, JsonOf, NotJson } from './payload/json.ts'
export type { StandardSchemaV1 } from './payload/standard-schema.ts'
export type { Random } from './random.ts'
