/** What a driver may lack, as data. A group is present on the driver exactly when its flag is true. */
export interface DriverCapabilities {
  /** It owns a schema and can create and check it. */
  readonly migrations: boolean
  /** It dispatches inside the caller's transaction. */
  readonly transactions: boolean
  /** It tells when jobs became due, sooner than a poll would. */
  readonly wakeups: boolean
  /** Progress and log lines of running jobs. */
  readonly reports: boolean
  readonly pausing: boolean
  /** It ends waiting jobs whose `expiresAt` has passed; without it they end when a worker comes to them. */
  readonly expiry: boolean
  readonly limits: boolean
  readonly dependencies: boolean
  readonly schedules: boolean
  readonly statistics: boolean
}

export const noCapabilities: DriverCapabilities = {
  migrations: false,
  transactions: false,
  wakeups: false,
  reports: false,
  pausing: false,
  expiry: false,
  limits: false,
  dependencies: false,
  schedules: false,
  statistics: false,
}
