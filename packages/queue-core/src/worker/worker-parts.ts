import type { Runtime } from '../runtime.ts'
import type { WorkerSettings } from './worker-options.ts'

/** What every part of one worker is made with. */
export interface WorkerParts {
  readonly runtime: Runtime
  readonly options: WorkerSettings
}
