import type { EntityManager } from '@mikro-orm/core'

/** The extra dispatch options of both drivers. */
export interface MikroOrmCaller {
  /**
   * Dispatch in this entity manager's transaction. Needed after `em.begin()` and with several ORMs; otherwise the
   * transaction the code runs in is found by itself.
   */
  readonly em?: EntityManager
}

// Beside a type that both entries export: bundlers of declarations drop an augmentation that nothing else needs.
declare module '@goplate/queue-core' {
  interface TransactionTypes {
    /** What `context.complete` hands over once this adapter is imported. */
    mikroorm: EntityManager
  }
}
