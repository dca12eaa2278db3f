import type { Contender, ContenderId } from '../contender.ts'

/** A process loads the one it measures and no other. */
const loaders: { readonly [Id in ContenderId]: () => Promise<Contender> } = {
  'goplate-postgres': async () => (await import('./goplate-postgres.ts')).goplatePostgres,
  'raw-postgres-keep': async () => (await import('./raw-postgres.ts')).rawPostgresKeep,
  'raw-postgres-delete': async () => (await import('./raw-postgres.ts')).rawPostgresDelete,
  'graphile-worker': async () => (await import('./graphile-worker.ts')).graphileWorker,
  'graphile-worker-default': async () => (await import('./graphile-worker.ts')).graphileWorkerDefault,
  'pg-boss': async () => (await import('./pg-boss.ts')).pgBoss,
  'pg-boss-single': async () => (await import('./pg-boss.ts')).pgBossSingle,
  sidequest: async () => (await import('./sidequest.ts')).sidequest,
  bullmq: async () => (await import('./bullmq.ts')).bullmq,
  'goplate-sqlite': async () => (await import('./goplate-sqlite.ts')).goplateSqlite,
  'raw-sqlite-keep': async () => (await import('./raw-sqlite.ts')).rawSqliteKeep,
  'raw-sqlite-delete': async () => (await import('./raw-sqlite.ts')).rawSqliteDelete,
  plainjob: async () => (await import('./plainjob.ts')).plainjob,
  liteque: async () => (await import('./liteque.ts')).liteque,
}

export function loadContender(id: ContenderId): Promise<Contender> {
  return loaders[id]()
}
