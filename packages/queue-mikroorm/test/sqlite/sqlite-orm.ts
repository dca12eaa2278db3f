import { defineEntity, p } from '@mikro-orm/core'
import { MikroORM, type Options } from '@mikro-orm/sqlite'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { queueExtension, type QueueExtensionOptions } from '../../src/index.ts'

/** An entity of the application, to have data beside the jobs. */
export const Customer = defineEntity({
  name: 'Customer',
  properties: { id: p.integer().primary(), name: p.string().unique() },
})

export interface SqliteOrmOptions extends QueueExtensionOptions {
  readonly dbName?: string
  readonly more?: Partial<Options>
}

export async function sqliteOrm({
  dbName = ':memory:',
  more = {},
  ...names
}: SqliteOrmOptions = {}): Promise<MikroORM> {
  const orm = await MikroORM.init({ dbName, entities: [Customer], extensions: [queueExtension(names)], ...more })
  return orm
}

/** A directory of its own for database files; removed by the returned function. */
export function temporaryDirectory(): { path(name: string): string; remove(): void } {
  const directory = mkdtempSync(join(tmpdir(), 'goplate-queue-'))
  return {
    path: (name) => join(directory, name),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}
