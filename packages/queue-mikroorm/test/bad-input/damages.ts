import type { Relation } from '../../src/ledger/relations.ts'

/** Where a row stands when the hand comes: jobs that are due, delayed, claimed by a worker that died, ended, … */
export type Standing = 'ready' | 'later' | 'leased' | 'failed' | 'unique' | 'expiring'

export interface Damage {
  readonly table: Relation
  readonly column: string
  /** An expression of SQL. */
  readonly value: string
  readonly standing: Standing
}

/** Values by the kind of column: whatever its type lets in. */
interface Garbage {
  readonly number: readonly string[]
  readonly small: readonly string[]
  readonly time: readonly string[]
  readonly text: readonly string[]
  readonly json: readonly string[]
  readonly flag: readonly string[]
}

const brokenObjects = [
  `'null'`,
  `'[]'`,
  `'7'`,
  `'"x"'`,
  `'{"tags":7,"meta":{},"maxCrashes":"many","uniqueKey":[]}'`,
  `'{"tags":[1,null],"meta":"{","maxCrashes":-1,"uniqueKey":""}'`,
  `'{"a":1,"a":2}'`,
]

/** SQLite's columns take values of any type. */
const loose = [`'abc'`, `x'00ff'`, '1.5']
const sqlite: Garbage = {
  number: ['-1', '9007199254740993', ...loose],
  small: ['-1', '9007199254740993', ...loose],
  time: ['-1', '9007199254740993', '9223372036854775807', ...loose],
  text: [`''`, `'ghost'`, `'a''b"c'`, `x'00ff'`, '7'],
  json: [...brokenObjects, `''`, `'{"a":'`, `x'00ff'`, '7'],
  flag: ['0', '-1', `'abc'`],
}
const postgresql: Garbage = {
  number: ['-1', '2147483647'],
  small: ['-1', '0', '32767'],
  time: [`'infinity'`, `'-infinity'`, `'294276-12-31'`, `'4713-01-01 bc'`],
  text: [`''`, `'ghost'`, `'a''b"c'`],
  json: brokenObjects,
  flag: ['false', 'true'],
}

type Kind = keyof Garbage
type Columns = Readonly<Record<string, Kind | readonly string[]>>

const waitingColumns: Columns = {
  queue: 'text',
  line: 'text',
  key: 'text',
  available_at: 'time',
  epoch: 'number',
  attempt: 'small',
  crashes: 'small',
  type: 'text',
  job: ['999999999', '-1'],
}

const common: readonly (readonly [Relation, Standing, Columns])[] = [
  [
    'job',
    'ready',
    {
      id: ['999999999', '-1'],
      created_at: 'time',
      available_at: 'time',
      expires_at: 'time',
      batch: 'number',
      max_attempts: ['1', '32767'],
      unique_scope: 'small',
      parent: 'flag',
      queue: 'text',
      type: 'text',
      line: 'text',
      key: 'text',
      unique_key: 'text',
      payload: 'json',
      options: 'json',
    },
  ],
  ['ready', 'ready', { ...waitingColumns, priority: ['-32768', '32767'] }],
  ['later', 'later', { ...waitingColumns, priority: ['-32768', '32767'] }],
  [
    'outcome',
    'failed',
    {
      job: ['999999999', '-1'],
      epoch: 'number',
      attempt: 'small',
      worker: 'number',
      final: 'flag',
      wait: 'number',
      duration: 'number',
      ended_at: 'time',
      available_at: 'time',
      reason: 'text',
      error: 'json',
      result: 'json',
    },
  ],
  ['job', 'failed', { payload: 'json', options: 'json', type: 'text' }],
  ['unique_key', 'unique', { key: 'text', job: ['999999999', '-1'], until: 'time' }],
  ['job', 'unique', { unique_key: 'text', unique_scope: 'small', options: 'json' }],
  ['expiry', 'expiring', { expires_at: 'time', job: ['999999999', '-1'] }],
  ['job', 'expiring', { expires_at: 'time', available_at: 'time' }],
  ['lease', 'leased', { worker: 'number', until: 'time', claimed_at: 'time' }],
  ['job', 'leased', { id: ['999999999'], options: 'json', queue: 'text', available_at: 'time' }],
]

const entries = (text: string): string => `'${text}'`
const onlySqlite: typeof common = [
  [
    'lease',
    'leased',
    {
      id: 'text',
      entries: [
        ...brokenObjects,
        ...['', '[', '[7]', '["x"]', '[[]]', '[[1]]', '[["a","b","c","d"]]', '[[-1,-1,-1,-1]]', '[null]'].map(entries),
        `x'00ff'`,
      ],
      cancelled: [...brokenObjects, `'['`, `'[7]'`, `'[[]]'`, `'[["x",{}]]'`, `''`],
    },
  ],
  ['outcome', 'failed', { state: ['1', '3', '4', '7'], claim: 'number' }],
  ['setting', 'ready', { value: ['-1', `'abc'`, 'null', `x'00ff'`, '1.5'] }],
]
const onlyPostgres: typeof common = [
  [
    'lease',
    'leased',
    {
      jobs: [`'{}'`, `'{NULL,NULL}'`, `'{-1,-1,-1}'`, `'{{1,2},{3,4}}'`],
      epochs: [`'{}'`, `'{NULL,NULL}'`, `'{-1,-1,-1}'`],
      attempts: [`'{}'`, `'{NULL,NULL}'`, `'{-1,32767}'`],
      crashes: [`'{}'`, `'{NULL,NULL}'`, `'{-1,32767}'`],
      cancelled: [`'{}'`, `'{NULL}'`, `'{-1,-1}'`],
      cancel_reasons: [`'{}'`, `'{NULL,NULL,NULL}'`],
    },
  ],
  ['outcome', 'failed', { state: ['0', '-1', '1', '3', '4', '7', '8', '32767'] }],
  ['job', 'ready', { max_attempts: ['0', '-1'] }],
]

/** Every third of some six hundred in `pnpm test`, all of them in `pnpm test:long`. */
const step = Number(process.env.GOPLATE_TEST_SEEDS ?? 1) > 1 ? 1 : 3

function spread(tables: typeof common, garbage: Garbage): Damage[] {
  const all = tables.flatMap(([table, standing, columns]) =>
    Object.entries(columns).flatMap(([column, kind]) =>
      (typeof kind === 'string' ? garbage[kind] : kind).map((value) => ({ table, column, value, standing })),
    ),
  )
  return all.filter((_damage, index) => index % step === 0)
}

export const damages = {
  sqlite: spread([...common, ...onlySqlite], sqlite),
  postgresql: spread([...common, ...onlyPostgres], postgresql),
}
