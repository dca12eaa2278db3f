import type { ClaimRef } from '@goplate/queue-core'

/** What the driver adds to the proof of a claim; a ref that was copied may lack it and is served by the slower way. */
export interface PostgresClaimRef extends ClaimRef {
  /** The end of this job frees more than its lease entry. */
  readonly rich?: boolean
  readonly queue?: string
  readonly priority?: number
  /** A settlement of it applied, or its reply was lost. */
  settled?: boolean
}
