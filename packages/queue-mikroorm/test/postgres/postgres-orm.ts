import { MikroORM } from '@mikro-orm/postgresql'
import { queueExtension } from '../../src/index.ts'

export interface OrmOptions {
  readonly schema?: string
  readonly poolSize?: number
}

/** An application's ORM with the queue's extension and no entity of its own. */
export function openOrm(url: string, { schema = 'goplate_queue', poolSize = 10 }: OrmOptions = {}): Promise<MikroORM> {
  return MikroORM.init({
    clientUrl: url,
    entities: [],
    pool: { min: 0, max: poolSize },
    extensions: [queueExtension({ schema })],
    discovery: { warnWhenNoEntities: false },
  })
}
