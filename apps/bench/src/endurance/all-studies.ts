import { deepQueue, foreignHead, longHistory, retention } from './burdened.ts'
import { disk, memory } from './footprint.ts'
import { producers, steady, workers } from './scaling.ts'
import type { Study } from './study.ts'

export const studies: readonly Study[] = [
  ...[deepQueue, longHistory, foreignHead, retention],
  ...[memory, disk, workers, producers, steady],
]
