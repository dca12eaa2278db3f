import type { FailureReason, JobState } from '@goplate/queue-core'
import { defineEntity, p, type EntitySchema, type PrimaryKeyProp, Type } from '@mikro-orm/core'
import { readOnlyJobError } from './read-only-job.ts'

/**
 * One row per job, as people see it: a state, whatever table the job stands in. For queries and relations only; jobs
 * are made by `queue.dispatch` and changed by `queue.cancel` and `queue.retry`.
 */
export class QueueJob {
  declare [PrimaryKeyProp]?: 'id'
  declare readonly id: string
  declare readonly queue: string
  declare readonly type: string
  declare readonly state: JobState
  /** The state for people: `ready`, `scheduled`, `retrying`, `limited`, `solo`, `held`, or the state itself. */
  declare readonly label: string
  declare readonly priority: number
  /** Pending and blocked jobs only. */
  declare readonly availableAt: Date | null
  declare readonly epoch: number
  declare readonly attempt: number
  declare readonly maxAttempts: number
  declare readonly createdAt: Date
  /** What the last epoch came to, if one did: also of jobs that wait for a retry. */
  declare readonly endedAt: Date | null
  declare readonly reason: FailureReason | (string & {}) | null
  declare readonly payload: unknown
  declare readonly result: unknown
  declare readonly error: unknown
  /** Tags, meta and other rare options. */
  declare readonly options: unknown
  declare readonly limiter: string | null
  declare readonly key: string | null
  declare readonly batch: string | null

  /** The ORM makes loaded entities without their constructor, so this is `em.create` or `new` and nothing else. */
  constructor() {
    throw readOnlyJobError()
  }
}

/** Job ids are decimal digits for people and integers in the database. */
class JobIdType extends Type<string | null, number | null> {
  override convertToDatabaseValue(value: string | null): number | null {
    return value === null ? null : Number(value)
  }
  override convertToJSValue(value: string | number | null): string | null {
    return value === null ? null : String(value)
  }
  override getColumnType(): string {
    return 'bigint'
  }
  override compareAsType(): string {
    return 'string'
  }
}

/**
 * Mapped as a table, not as a view: on an entity with `view: true` the ORM's `flush` writes nothing and says nothing,
 * and its schema generator would want to create the view itself. The annotation keeps the ORM's inferred types, which
 * change between its minors, out of the published declarations.
 */
export const queueJobSchema: EntitySchema<QueueJob> = defineEntity({
  class: QueueJob,
  tableName: 'queue_job',
  forceConstructor: false,
  properties: {
    id: p.type(JobIdType).primary(),
    queue: p.text(),
    type: p.text(),
    state: p.text(),
    label: p.text(),
    priority: p.smallint(),
    availableAt: p.datetime().fieldName('available_at').nullable(),
    epoch: p.integer(),
    attempt: p.smallint(),
    maxAttempts: p.smallint().fieldName('max_attempts'),
    createdAt: p.datetime().fieldName('created_at'),
    endedAt: p.datetime().fieldName('ended_at').nullable(),
    reason: p.text().nullable(),
    payload: p.json(),
    result: p.json().nullable(),
    error: p.json().nullable(),
    options: p.json().nullable(),
    limiter: p.text().nullable(),
    key: p.text().nullable(),
    batch: p.type(JobIdType).nullable(),
  },
})
