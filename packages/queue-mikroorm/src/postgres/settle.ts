import type { Settlement, SettlementVerdict, SettleRequest } from '@goplate/queue-core'
import type { ClaimCursors } from './claim-cursors.ts'
import { fromTheStart } from './claim-cursors.ts'
import { canBeOurs, type PostgresClaimRef } from './claim-ref.ts'
import { isConnectionError } from './error-mapping.ts'
import type { Executor } from './executor.ts'
import { outcomeState } from '../ledger/outcome-state.ts'
import type { LeaseSweeper } from './lease-sweeper.ts'
import { isYes, numberOf, numbersOf, type Row } from './row-mapping.ts'
import type { Statement } from './statement.ts'
import { fateOfClaims } from './statements/fate-of-claims.ts'
import { settleClaims, settleRichClaims } from './statements/settle-claims.ts'
import { settleFinished } from './statements/settle-finished.ts'

export interface SettleParts {
  readonly upkeep: Executor
  readonly sweeper: LeaseSweeper
  readonly cursors: ClaimCursors
}

type Told = Settlement & { readonly claim: PostgresClaimRef }

/** One verdict per settlement, in order. Of two settlements of one claim the first is sent, the second was repeated. */
export async function settle(parts: SettleParts, request: SettleRequest): Promise<readonly SettlementVerdict[]> {
  const first = new Map<string, Told>()
  const keys = request.settlements.map((settlement) => {
    const key = claimKey(settlement.claim)
    if (!first.has(key) && canBeOurs(settlement.claim)) first.set(key, settlement)
    return key
  })
  const sent = [...first.values()]
  const verdicts = sent.length === 0 ? [] : await send(parts.upkeep, sent, request.now)
  for (const [index, settlement] of sent.entries()) noteSettled(parts, settlement, verdicts[index]!)
  const byKey = new Map([...first.keys()].map((key, index) => [key, verdicts[index]!]))
  const seen = new Set<string>()
  return keys.map((key) => {
    const verdict = byKey.get(key) ?? 'lost'
    if (!seen.has(key)) {
      seen.add(key)
      return verdict
    }
    return verdict === 'lost' ? 'lost' : 'repeated'
  })
}

function claimKey({ leaseId, position, jobId, epoch }: PostgresClaimRef): string {
  return `${leaseId} ${position} ${jobId} ${epoch}`
}

/** One settlement in somebody's transaction: nothing is noted yet, since that may roll back. */
export async function settleOne(
  executor: Executor,
  settlement: Settlement,
  now: number | undefined,
): Promise<SettlementVerdict> {
  if (!canBeOurs(settlement.claim)) return 'lost'
  const [verdict] = await send(executor, [settlement], now)
  return verdict!
}

async function send(executor: Executor, sent: readonly Told[], now: number | undefined): Promise<SettlementVerdict[]> {
  return sent.every(isPlain) ? sendPlain(executor, sent, now) : sendAny(executor, sent, now)
}

function isPlain({ claim, outcome, delayMs, reason, error, result }: Told): boolean {
  const brings = delayMs ?? reason ?? error ?? result
  return outcome === 'finished' && claim.rich === false && brings === undefined
}

/** What does not apply as plainly as it was sent is judged by the statement for all. */
async function sendPlain(
  executor: Executor,
  sent: readonly Told[],
  now: number | undefined,
): Promise<SettlementVerdict[]> {
  const row = await write(executor, { statement: settleFinished, sent, values: plainColumns(sent) }, now)
  const verdicts = sent.map((): SettlementVerdict => 'applied')
  if (numberOf(row.applied) === sent.length) return verdicts
  const applied = new Set(numbersOf(row.places))
  const rest = [...sent.keys()].filter((index) => !applied.has(index + 1))
  const judged = await sendAny(
    executor,
    rest.map((index) => sent[index]!),
    now,
  )
  for (const [place, index] of rest.entries()) verdicts[index] = judged[place]!
  return verdicts
}

interface Writing {
  readonly statement: Statement
  readonly sent: readonly Told[]
  readonly values: readonly unknown[]
}

async function write(executor: Executor, { statement, sent, values }: Writing, now: number | undefined): Promise<Row> {
  const [row] = await executor.run(statement, values, now).catch((error: unknown) => {
    if (isConnectionError(error)) for (const { claim } of sent) markSettled(claim) // perhaps; its fate will tell
    throw error
  })
  return row!
}

async function sendAny(
  executor: Executor,
  sent: readonly Told[],
  now: number | undefined,
): Promise<SettlementVerdict[]> {
  const rich = sent.some(({ claim }) => claim.rich !== false)
  const statement = rich ? settleRichClaims : settleClaims
  const row = await write(executor, { statement, sent, values: settlementColumns(sent) }, now)
  const verdicts = sent.map((): SettlementVerdict => 'applied')
  for (const place of numbersOf(row.cancelled)) verdicts[place - 1] = 'cancelled'
  if (numberOf(row.applied) < sent.length) {
    const applied = new Set(numbersOf(row.places))
    await tellFates(executor, { sent, verdicts, isApplied: (index) => applied.has(index + 1) })
  }
  return verdicts
}

export function noteSettled({ sweeper, cursors }: SettleParts, settlement: Told, verdict: SettlementVerdict): void {
  const { claim, outcome } = settlement
  sweeper.settled(claim.leaseId, claim.position)
  if (verdict === 'lost') return
  markSettled(claim)
  if (verdict !== 'applied' || claim.queue === undefined) return
  if (outcome === 'released') cursors.arrived(claim.queue, fromTheStart)
  else if (outcome === 'retried' || outcome === 'snoozed') cursors.arrivedLast(claim.queue, claim.priority!)
}

export function markSettled(claim: PostgresClaimRef): void {
  if (Object.isExtensible(claim)) claim.settled = true
}

function settlementColumns(sent: readonly Told[]): unknown[] {
  return [
    [...new Set(sent.map(({ claim }) => claim.leaseId))],
    ...claimColumns(sent),
    sent.map(({ outcome }) => outcomeState(outcome)),
    sent.map(({ waitMs }) => wholeMs(waitMs)),
    sent.map(({ durationMs }) => wholeMs(durationMs)),
    column(sent, ({ delayMs }) => delayMs),
    column(sent, ({ reason }) => reason),
    column(sent, ({ error }) => error),
    column(sent, ({ result }) => result),
  ]
}

function plainColumns(sent: readonly Told[]): unknown[] {
  return [
    [...new Set(sent.map(({ claim }) => claim.leaseId))],
    ...claimColumns(sent),
    sent.map(({ waitMs }) => wholeMs(waitMs)),
    sent.map(({ durationMs }) => wholeMs(durationMs)),
  ]
}

function claimColumns(sent: readonly Told[]): unknown[][] {
  return [
    sent.map(({ claim }) => claim.leaseId),
    sent.map(({ claim }) => claim.position),
    sent.map(({ claim }) => claim.jobId),
    sent.map(({ claim }) => claim.epoch),
  ]
}

/** A column that nobody uses is not sent. */
function column<T>(sent: readonly Told[], read: (settlement: Told) => T | undefined): (T | null)[] | null {
  return sent.some((settlement) => read(settlement) !== undefined) ? sent.map((s) => read(s) ?? null) : null
}

function wholeMs(ms: number): number {
  return Math.max(0, Math.min(0x7fffffff, Math.round(ms)))
}

interface Undecided {
  readonly sent: readonly Told[]
  readonly verdicts: SettlementVerdict[]
  readonly isApplied: (index: number) => boolean
}

/**
 * What did not apply was settled before, or is lost. While its lease stands, an outcome of its epoch can only be its
 * own. Without the lease it could be that of a later claim of the same epoch, after the server forgot this one: then
 * only this process knows whether it had settled it.
 */
async function tellFates(executor: Executor, { sent, verdicts, isApplied }: Undecided): Promise<void> {
  const open = sent.flatMap((settlement, index) => (isApplied(index) ? [] : [{ settlement, index }]))
  const rows = await executor.run(fateOfClaims, claimColumns(open.map(({ settlement }) => settlement)))
  for (const row of rows) {
    const { settlement, index } = open[numberOf(row.place) - 1]!
    const own = isYes(row.stands) || settlement.claim.settled === true
    verdicts[index] = own && isYes(row.settled) ? 'repeated' : 'lost'
  }
}
