import type { EntityManager } from '@mikro-orm/core'

declare module '@goplate/queue-core' {
  interface TransactionTypes {
    /** What `context.complete` hands over once this adapter is imported. */
    mikroorm: EntityManager
  }
}
