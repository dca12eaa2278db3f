import type { Pause, PauseRequest, PauseTarget } from '../driver/driver-groups.ts'
import { present, type Ledger } from './ledger.ts'

export function pause(ledger: Ledger, { kind, name, reason, forMs }: PauseRequest, now: number): void {
  const until = forMs === undefined ? undefined : now + forMs
  const since = isPaused(ledger, { kind, name }, now) ? ledger.pauses.get(`${kind} ${name}`)!.since : now
  ledger.pauses.set(`${kind} ${name}`, present({ kind, name, reason, since, until }))
}

export function resume(ledger: Ledger, { kind, name }: PauseTarget, now: number): boolean {
  const inForce = isPaused(ledger, { kind, name }, now)
  ledger.pauses.delete(`${kind} ${name}`)
  return inForce
}

export function pausesInForce(ledger: Ledger, now: number): readonly Pause[] {
  return [...ledger.pauses.values()].filter((one) => one.until === undefined || one.until > now)
}

export function isPaused(ledger: Ledger, { kind, name }: Pick<Pause, 'kind' | 'name'>, now: number): boolean {
  const found = ledger.pauses.get(`${kind} ${name}`)
  return found !== undefined && (found.until === undefined || found.until > now)
}
