// Stands for an ORM and its adapter package: what importing @goplate/queue-mikroorm brings.
import type { StorageDriver } from '@goplate/queue-core'

export interface EntityManager {
  persist(entity: object): this
  flush(): Promise<void>
  transactional<T>(work: (em: EntityManager) => Promise<T>): Promise<T>
}

declare module '@goplate/queue-core' {
  interface TransactionTypes {
    testAdapter: EntityManager
  }
}

export declare const em: EntityManager
export declare function someDriver(): StorageDriver<{ em?: EntityManager }>
