import type { Statement } from '../../src/postgres/statement.ts'
import { cancelJobs } from '../../src/postgres/statements/cancel-jobs.ts'
import { claimJobs, claimSoloJob } from '../../src/postgres/statements/claim-jobs.ts'
import { countUnended } from '../../src/postgres/statements/count-jobs.ts'
import { dispatchDueJobs, dispatchTimedJobs } from '../../src/postgres/statements/dispatch-jobs.ts'
import { dispatchUniqueJobs } from '../../src/postgres/statements/dispatch-unique-jobs.ts'
import { expireJobs } from '../../src/postgres/statements/expire-jobs.ts'
import { expiredLeases } from '../../src/postgres/statements/expired-leases.ts'
import { extendLeases } from '../../src/postgres/statements/extend-leases.ts'
import { fateOfClaims } from '../../src/postgres/statements/fate-of-claims.ts'
import { findJobs, findOutcomes } from '../../src/postgres/statements/find-jobs.ts'
import { pruneJobs, removeJobs } from '../../src/postgres/statements/forget-jobs.ts'
import { logLines } from '../../src/postgres/statements/log-lines.ts'
import { promoteJobs } from '../../src/postgres/statements/promote-jobs.ts'
import { reapLeases } from '../../src/postgres/statements/reap-leases.ts'
import { retryJobs } from '../../src/postgres/statements/retry-jobs.ts'
import { settleClaims, settleRichClaims } from '../../src/postgres/statements/settle-claims.ts'
import { settleFinished } from '../../src/postgres/statements/settle-finished.ts'
import { keyHolders, storedUnderIds } from '../../src/postgres/statements/stored-under-ids.ts'
import { sweepLeases } from '../../src/postgres/statements/sweep-leases.ts'
import { unlockedLease } from '../../src/postgres/statements/unlocked-lease.ts'
import { whereabouts } from '../../src/postgres/statements/whereabouts.ts'
import { writeReports } from '../../src/postgres/statements/write-reports.ts'

export interface HotStatement {
  readonly statement: Statement
  /** Parameters of an ordinary call, as SQL. */
  readonly call: string
  /** Tables that it reads from end to end by design. */
  readonly reads?: readonly string[]
  /** Prepared on connections of the application's pool, which have none of the driver's settings. */
  readonly isPooled?: true
}

/** One row for each claimed batch in hand, so at most some hundreds, however many jobs there are. */
const leases = ['lease']

const some = 20
const each = (value: string) => `array_fill(${value}, array[${some}])`
const numbered = (text: (number: number) => string) =>
  `array[${Array.from({ length: some }, (_, n) => text(n + 1)).join(', ')}]`
const ids = numbered((number) => `${30_000 + number}::bigint`)
const leaseId = `'00000000-0000-4000-8000-000000000060'::uuid`
const jobColumns = [ids, each(`'default'::text`), each(`'alpha'::text`), each('0::smallint'), each('10::smallint')]
const job = [...jobColumns, each(`'{}'::json`), 'null'].join(', ')
const timed = `${job}, ${each('1000::float8')}, null, ${each('1e12::float8')}`
const claims = [each(leaseId), numbered(String), ids, each('1')].join(', ')
const claimed = `array['default'], array[500], array[-32768]::smallint[], array['-infinity']::timestamptz[], array[0]::bigint[]`
const claim = `${claimed}, array['alpha'], 1, 30000, gen_random_uuid(), false, '-infinity', true`
const settlement = `array[${leaseId}], ${claims}, ${each('1::smallint')}, ${each('1')}, ${each('1')}, null, null, null, null`

/** What runs while jobs flow, or for each question about some of them. */
export const hotStatements: readonly HotStatement[] = [
  { statement: dispatchDueJobs, call: job, isPooled: true },
  { statement: dispatchTimedJobs, call: timed, isPooled: true },
  { statement: dispatchUniqueJobs, call: `${timed}, ${numbered((number) => `'key ${number}'`)}`, isPooled: true },
  { statement: storedUnderIds, call: [...jobColumns.slice(0, 3), each(`'{}'::text`)].join(', ') },
  { statement: keyHolders, call: `array['key 1', 'key 2']` },
  { statement: claimJobs, call: claim, reads: leases },
  { statement: claimSoloJob, call: claim, reads: leases },
  { statement: promoteJobs, call: `1000, '-infinity'` },
  { statement: extendLeases, call: `array[${leaseId}], 30000, array[1]` },
  { statement: settleFinished, call: `array[${leaseId}], ${claims}, ${each('1')}, ${each('1')}` },
  { statement: settleClaims, call: settlement },
  { statement: settleRichClaims, call: settlement },
  { statement: fateOfClaims, call: claims },
  { statement: unlockedLease, call: leaseId },
  { statement: sweepLeases, call: `array[${leaseId}]` },
  { statement: expiredLeases, call: '1000', reads: leases },
  { statement: reapLeases, call: `array[${leaseId}], array[now()]` },
  { statement: expireJobs, call: '500', reads: leases },
  { statement: pruneJobs, call: '0, 1000, 1, 1, 1, null, null, null, null', reads: leases },
  { statement: removeJobs, call: ids, reads: leases },
  { statement: cancelJobs, call: `${ids}, 'a reason'`, reads: leases },
  { statement: retryJobs, call: `${ids}, array[2, 3]::smallint[]` },
  { statement: whereabouts, call: ids },
  { statement: findJobs, call: ids, reads: leases },
  { statement: findOutcomes, call: ids },
  {
    statement: writeReports,
    call: `array[${leaseId}], ${claims}, ${each('1.0')}, array[1], array[1], array[1]::smallint[], array['a line']`,
  },
  { statement: logLines, call: '30000, 0, 100' },
  // It costs as much as there is work; of history it reads what the leases list.
  { statement: countUnended, call: `array['default'], null`, reads: ['ready', 'later', 'lease'] },
]

/** The others, by name, and why they may read what they like. */
export const coldStatements: Readonly<Record<string, string>> = {
  count_ended: 'an explicit question about the whole history',
  end_pause: 'touches the pauses only',
  installed_schema: 'reads the list of migrations, once for each process',
  list_all: 'a page for people; bounded by the rows that its walk looks at',
  list_blocked: 'a page for people',
  list_cancelled: 'a page for people',
  list_failed: 'a page for people',
  list_finished: 'a page for people; bounded by the rows that its walk looks at',
  list_pending: 'a page for people; reads as much as there is work',
  list_running: 'a page for people',
  notify: 'touches no table',
  pauses_in_force: 'reads the pauses only',
  register_worker: 'inserts one row, once for each worker',
  set_pause: 'touches the pauses only',
  take_ids: 'touches a sequence only',
  version_table: 'reads the catalog, once for each process',
}
