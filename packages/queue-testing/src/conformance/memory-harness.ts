import { MemoryDatabase, memoryDriver } from '@goplate/queue-core/memory'
import type { DriverHarness } from './driver-harness.ts'

/** The memory driver under test; its snapshots make it forget. */
export const memoryHarness: DriverHarness = {
  name: 'memory',
  async create() {
    const database = new MemoryDatabase()
    const connect = () => memoryDriver({ database })
    return {
      driver: connect(),
      dispose: async () => undefined,
      independent: async () => connect(),
      audit: async () => database.audit(),
      unstorable: { priority: 100_000 },
      async forget(work) {
        const before = database.snapshot()
        const result = await work()
        database.restore(before)
        return result
      },
    }
  },
}
