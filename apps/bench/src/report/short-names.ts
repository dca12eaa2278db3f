import type { ContenderId } from '../contender.ts'

/** Where there is room for little; the full title and the setup stand in the tables. */
export const shortNames: { readonly [Id in ContenderId]: string } = {
  'goplate-postgres': 'GoPlate Queue, PostgreSQL',
  'raw-postgres-keep': 'hand-written SQL, rows kept',
  'raw-postgres-delete': 'hand-written SQL, rows deleted',
  'graphile-worker': 'graphile-worker, fast preset',
  'graphile-worker-default': 'graphile-worker, default',
  'pg-boss': 'pg-boss, batches',
  'pg-boss-single': 'pg-boss, single jobs',
  sidequest: 'sidequest',
  bullmq: 'BullMQ on Redis',
  'goplate-sqlite': 'GoPlate Queue, SQLite',
  'raw-sqlite-keep': 'hand-written SQL, rows kept',
  'raw-sqlite-delete': 'hand-written SQL, rows deleted',
  plainjob: 'plainjob',
  liteque: 'liteque',
}
