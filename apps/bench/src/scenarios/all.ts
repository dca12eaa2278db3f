import type { Scenario } from '../scenario.ts'
import { deepBacklog, heldSnapshot } from './backlog.ts'
import { bulkDispatch, singleDispatch, transactionalDispatch } from './dispatching.ts'
import { drain, drainTwo } from './draining.ts'
import { endToEnd, pickup } from './waiting.ts'

export const scenarios: readonly Scenario[] = [
  ...[bulkDispatch, singleDispatch, drain, drainTwo, pickup],
  ...[endToEnd, deepBacklog, heldSnapshot, transactionalDispatch],
]
