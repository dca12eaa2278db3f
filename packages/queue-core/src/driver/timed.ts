export interface Timed {
  /** Tests only: epoch milliseconds to use instead of the database's clock. */
  readonly now?: number
}
