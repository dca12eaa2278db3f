import type { JobId } from '../job/stored-job.ts'
import type { Ledger } from './ledger.ts'

/** What is wrong with the ledger, one sentence each; empty when every invariant holds. */
export function auditLedger(ledger: Ledger): string[] {
  return [
    ...[...ledger.jobs.keys()].flatMap((id) => [...placesOf(ledger, id), ...epochsOf(ledger, id)]),
    ...strangers(ledger),
    ...wrongKeys(ledger),
    ...emptyLeases(ledger),
  ]
}

/** Conservation: a job waits once, or runs once, or its last outcome is final; and no earlier outcome is. */
function placesOf(ledger: Ledger, id: JobId): string[] {
  const outcomes = ledger.outcomes.get(id) ?? []
  const entries = entriesOf(ledger, id)
  const places = [
    ...(ledger.waiting.has(id) ? ['waiting'] : []),
    ...entries.map(({ lease }) => `running in lease ${lease}`),
    ...outcomes.filter(({ final }) => final).map(({ outcome, epoch }) => `${outcome} at epoch ${epoch}`),
  ]
  if (places.length === 1) return []
  return [`Job ${id} is in ${places.length} places: ${places.join(', ') || 'none'}.`]
}

/** Each epoch that is over has one outcome, from 1 without gaps; the present one goes on from there. */
function epochsOf(ledger: Ledger, id: JobId): string[] {
  const epochs = (ledger.outcomes.get(id) ?? []).map(({ epoch }) => epoch)
  const gap = epochs.find((epoch, index) => epoch !== index + 1)
  if (gap !== undefined) return [`Job ${id} has outcomes of epochs ${epochs.join(', ')}.`]
  const waiting = ledger.waiting.get(id)
  const running = entriesOf(ledger, id).map(({ epoch }) => epoch - 1)
  const before = [...(waiting === undefined ? [] : [waiting.epoch]), ...running]
  return before
    .filter((epoch) => epoch !== epochs.length)
    .map((epoch) => `Job ${id} counts ${epoch} epochs but has ${epochs.length} outcomes.`)
}

function entriesOf(ledger: Ledger, id: JobId): { lease: string; epoch: number }[] {
  return [...ledger.leases.values()].flatMap((lease) =>
    lease.entries.filter(({ jobId }) => jobId === id).map(({ epoch }) => ({ lease: lease.id, epoch })),
  )
}

function strangers(ledger: Ledger): string[] {
  const running = [...ledger.leases.values()].flatMap(({ entries }) => entries.map(({ jobId }) => jobId))
  return [...ledger.waiting.keys(), ...running, ...ledger.outcomes.keys()]
    .filter((id) => !ledger.jobs.has(id))
    .map((id) => `Job ${id} does not exist but is waiting, running or has outcomes.`)
}

/** A key is held by a job that has not ended, and every such job with a key holds it. */
function wrongKeys(ledger: Ledger): string[] {
  const ended = (id: JobId): boolean => ledger.outcomes.get(id)?.at(-1)?.final ?? !ledger.jobs.has(id)
  const dead = [...ledger.keys].filter(([, id]) => ended(id)).map(([key, id]) => `Job ${id} ended and holds ${key}.`)
  const keyless = [...ledger.jobs.values()]
    .filter(({ id, record }) => record.unique !== undefined && !ended(id) && ledger.keys.get(record.unique.key) !== id)
    .map(({ id, record }) => `Job ${id} has not ended and does not hold ${record.unique!.key}.`)
  return [...dead, ...keyless]
}

function emptyLeases(ledger: Ledger): string[] {
  return [...ledger.leases.values()]
    .filter(({ entries }) => entries.length === 0)
    .map(({ id }) => `Lease ${id} is empty.`)
}
