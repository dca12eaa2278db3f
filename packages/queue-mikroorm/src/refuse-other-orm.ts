import { TransactionError } from '@goplate/queue-core'
import type { Configuration, EntityManager } from '@mikro-orm/core'

/** @throws TransactionError when the entity manager is not one of this ORM */
export function refuseOtherOrm(em: EntityManager, orm: { readonly config: Configuration }): void {
  if (em.config === orm.config) return
  throw new TransactionError(
    'The EntityManager belongs to another MikroORM than the queue. ' +
      "Pass one of the queue's own ORM as `em`, and give each MikroORM its own `contextName`.",
  )
}
