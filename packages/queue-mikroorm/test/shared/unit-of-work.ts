import type { CallerUnitOfWork } from '@goplate/queue-testing/conformance'
import type { EntityManager } from '@mikro-orm/core'
import type { MikroOrmCaller } from '../../src/transaction-types.ts'

export function unitOfWorkOf(em: EntityManager): CallerUnitOfWork<MikroOrmCaller> {
  return { caller: { em }, flush: () => em.flush(), giveUp: () => em.clear() }
}
