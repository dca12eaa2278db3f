import type { StoreKind } from '../contender.ts'
import { postgresStore } from './postgres-store.ts'
import { redisStore, redisVersion } from './redis-store.ts'
import { sqliteStore } from './sqlite-store.ts'
import type { Store } from './store.ts'

/** Every store that one of `kinds` needs; Redis only where the machine has it. */
export async function openStores(kinds: ReadonlySet<StoreKind>): Promise<ReadonlyMap<StoreKind, Store>> {
  const stores = new Map<StoreKind, Store>()
  if (kinds.has('postgresql')) stores.set('postgresql', await postgresStore())
  if (kinds.has('sqlite')) stores.set('sqlite', await sqliteStore())
  const redis = kinds.has('redis') ? redisVersion() : undefined
  if (redis !== undefined) stores.set('redis', await redisStore(redis))
  return stores
}
