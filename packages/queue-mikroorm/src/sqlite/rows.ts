/** What statements return, as far as several of them return it. Times are epoch milliseconds. */

/** The part of a waiting row that the job itself does not say. */
export interface WaitingRow {
  readonly epoch: number
  /** Attempts used up. */
  readonly attempt: number
  readonly crashes: number
}

/** What says where the waiting row of a job stands. */
export interface JobPlace {
  readonly job: number
  readonly queue: string
  readonly line: string
  readonly key: string
  readonly priority: number
  readonly type: string
  readonly uniqueKey: string | null
  readonly maxAttempts: number
  readonly options: string | null
  readonly expiresAt: number | null
  readonly availableAt: number
}

export interface JobRow {
  readonly id: number
  readonly createdAt: number
  readonly availableAt: number
  readonly expiresAt: number | null
  readonly priority: number
  readonly maxAttempts: number
  readonly queue: string
  readonly type: string
  readonly line: string
  readonly key: string
  readonly payload: string
  readonly options: string | null
}

export interface LeaseRow {
  readonly id: string
  readonly worker: number
  readonly claimedAt: number
  readonly entries: string
  readonly cancelled: string | null
}

export interface OutcomeRow {
  readonly epoch: number
  readonly attempt: number
  readonly worker: number
  readonly claim: number | null
  readonly state: number
  readonly final: 0 | 1
  readonly wait: number | null
  readonly duration: number | null
  readonly endedAt: number
  readonly availableAt: number | null
  readonly reason: string | null
  readonly error: string | null
  readonly result: string | null
}
