import type { StoreKind } from '../contender.ts'

export interface Usage {
  readonly cpuUs: number
  /** Absent where there is no such log. */
  readonly walBytes?: number
}

/** Where jobs are stored: one server for the whole benchmark, or files. */
export interface Store {
  readonly kind: StoreKind
  readonly version: string
  /** An empty place. The caller disposes of it. */
  create(): Promise<Place>
  /** What the server has used since it started. */
  usage(): Promise<Usage>
  /** Writes out what earlier runs left to be written, so that the next does not pay for it. */
  settle(): Promise<void>
  stop(): Promise<void>
}

export interface Place {
  readonly url: string
  drop(): Promise<void>
}
