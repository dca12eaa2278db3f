/** What the benchmark asks of a process that plays a producer or a worker. One request is answered before the next. */
export type Request =
  | { readonly do: 'bulk'; readonly jobs: number; readonly batch: number }
  | { readonly do: 'single'; readonly jobs: number; readonly callers: number; readonly withRow?: boolean }
  | { readonly do: 'paced'; readonly jobs: number; readonly gapMs: number }
  /** `keepWaits`: false where the memory of the process is measured. */
  | { readonly do: 'work'; readonly keepWaits?: boolean }
  | { readonly do: 'look' }
  | { readonly do: 'weigh' }
  | { readonly do: 'stop' }

/** Times in microseconds of the machine's monotonic clock. */
export type Reply =
  | { readonly done: 'ready' }
  | { readonly done: 'produced'; readonly fromUs: number; readonly toUs: number }
  | { readonly done: 'working' }
  /** How many jobs have not ended. */
  | { readonly done: 'looked'; readonly left: number }
  | { readonly done: 'weighed'; readonly weight: Weight }
  | { readonly done: 'stopped'; readonly use: RoleUse; readonly seen: Seen }
  | { readonly failed: string }

export interface RoleUse {
  readonly cpuUs: number
  readonly rssMiB: number
  readonly statements: number
  /** Those of `statements` that claimed jobs, where they can be told by their name, and those that got none. */
  readonly claims: number
  readonly emptyClaims: number
}

/** After a forced collection of garbage. */
export interface Weight {
  readonly rssMiB: number
  readonly heapMiB: number
}

/** What a worker has handled. */
export interface Seen {
  readonly jobs: number
  readonly firstUs: number
  readonly lastUs: number
  /** From the call of dispatch to the start of the handler, of every job. */
  readonly waitsUs: readonly number[]
  /** How many were handled in each tenth of a second since the first. */
  readonly perTenth: readonly number[]
}

/** Sent by a worker without being asked, whenever it has handled more and 5 ms have passed. */
export interface Progress {
  readonly handled: number
}
