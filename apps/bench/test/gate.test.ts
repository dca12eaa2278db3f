import { expect, test } from 'vitest'
import { baselineOf, gate } from '../src/report/gate.ts'
import { changed, madeUp, without } from './made-up-results.ts'

const baseline = baselineOf(madeUp)
const drain = { scenario: 'drain', contender: 'goplate-postgres' } as const
const pickup = { scenario: 'pickup', contender: 'goplate-postgres' } as const

test('a baseline holds ratios within the run, and what is counted per job', () => {
  const of = (scenario: string, ours: string) =>
    baseline.gauges
      .filter((gauge) => gauge.scenario === scenario && gauge.ours === ours)
      .map(({ kind, reference, value }) => [kind, reference, value])
  expect(of('drain', 'goplate-postgres')).toEqual([
    ['lead', 'raw-postgres-keep', 0.8],
    ['lead', 'graphile-worker', 2.5],
    ['lead', 'bullmq', 5],
    ['clientCpu', 'raw-postgres-keep', 2],
    ['serverCpu', 'raw-postgres-keep', 0.6667],
    ['walBytes', undefined, 367],
    ['statements', undefined, 0.0042],
  ])
  expect(of('pickup', 'goplate-postgres')).toEqual([
    ['lead', 'graphile-worker', 1.5],
    ['lead', 'bullmq', 0.5],
  ])
  expect(of('drain', 'goplate-sqlite')).toEqual([
    ['lead', 'raw-sqlite-keep', 0.75],
    ['clientCpu', 'raw-sqlite-keep', 1.5],
  ])
})

test('the run of the baseline passes, also after a round trip through JSON', () => {
  const stored = JSON.parse(JSON.stringify(baseline)) as typeof baseline
  expect(gate(madeUp, stored)).toEqual({ failures: [], compared: baseline.gauges.length, notCompared: [] })
})

test.each([
  [
    'a rate',
    drain,
    { jobsPerSecond: 38_000 },
    { jobsPerSecond: 37_000 },
    'drain, goplate-postgres: lead over graphile-worker: 1.85, was 2.50, may be at least 1.88',
  ],
  [
    'a latency',
    pickup,
    { p50Ms: 3.9 },
    { p50Ms: 4.1 },
    'pickup, goplate-postgres: lead over graphile-worker: 1.10, was 1.50, may be at least 1.13',
  ],
  [
    'client CPU',
    drain,
    { clientCpuUsPerJob: 18.4 },
    { clientCpuUsPerJob: 18.6 },
    'drain, goplate-postgres: client CPU per job relative to raw-postgres-keep: 2.51, was 2.00, may be at most 2.50',
  ],
  [
    'server CPU',
    drain,
    { serverCpuUsPerJob: 16.7 },
    { serverCpuUsPerJob: 17 },
    'drain, goplate-postgres: server CPU per job relative to raw-postgres-keep: 0.85, was 0.67, may be at most 0.83',
  ],
  [
    'WAL',
    drain,
    { walBytesPerJob: 403 },
    { walBytesPerJob: 404 },
    'drain, goplate-postgres: WAL bytes per job: 404, was 367, may be at most 404',
  ],
  ['statements', drain, { statementsPerJob: 0.0046 }, { statementsPerJob: 0.0047 }, 'statements per job'],
])('%s may get worse within its band and no further', (_, which, within, beyond, sentence) => {
  expect(gate(changed(madeUp, which, within), baseline).failures).toEqual([])
  const failures = gate(changed(madeUp, which, beyond), baseline).failures
  expect(failures.filter((failure) => failure.includes(sentence))).toHaveLength(1)
})

test('better figures and a faster machine pass', () => {
  const better = {
    jobsPerSecond: 90_000,
    clientCpuUsPerJob: 1,
    serverCpuUsPerJob: 1,
    walBytesPerJob: 1,
    statementsPerJob: 0,
  }
  expect(gate(changed(madeUp, drain, better), baseline).failures).toEqual([])
  const results = madeUp.results.map((one) =>
    one.jobsPerSecond ? { ...one, jobsPerSecond: one.jobsPerSecond * 3 } : one,
  )
  expect(gate({ ...madeUp, results }, baseline).failures).toEqual([])
})

test('a figure that is gone fails', () => {
  const { walBytesPerJob: _, ...rest } = madeUp.results[0]!
  const results = [rest, ...madeUp.results.slice(1)]
  expect(gate({ ...madeUp, results }, baseline).failures).toEqual([
    'drain, goplate-postgres: WAL bytes per job: no figure, was 367',
  ])
})

test('without one contender the rest is compared, and it is said what was not', () => {
  const { failures, compared, notCompared } = gate(without(madeUp, 'bullmq'), baseline)
  expect(failures).toEqual([])
  expect(compared).toBe(baseline.gauges.length - 2)
  expect(notCompared).toEqual([
    'drain, goplate-postgres: lead over bullmq',
    'pickup, goplate-postgres: lead over bullmq',
  ])
})

test('a run without ours is no success', () => {
  const none = without(without(madeUp, 'goplate-postgres'), 'goplate-sqlite')
  expect(gate(none, baseline).failures).toEqual(['Nothing in these results can be compared with the baseline'])
})
