import type { Result, Results } from '../src/results.ts'

const servers = { jobs: 50_000, rounds: 3, spread: 0.27 }

/** Two scenarios; names with signs that mean something to HTML and Markdown. */
export const madeUp: Results = {
  at: '2026-01-02T03:04:05.000Z',
  commit: '0123abc',
  command: 'pnpm bench --rounds 3',
  machine: { cpu: 'Made <Up> & Co', cores: 2, memoryGiB: 8, system: 'Linux 6.1' },
  versions: { node: '24.0.0', postgresql: '18.4' },
  contenders: [
    { id: 'goplate-postgres', title: 'ours, PG', store: 'postgresql', history: 'kept', setup: 'as it comes' },
    { id: 'raw-postgres-keep', title: 'limit, kept', store: 'postgresql', history: 'kept', setup: 'SQL' },
    {
      id: 'graphile-worker',
      title: 'graphile | <b>fast</b>',
      store: 'postgresql',
      history: 'deleted',
      setup: '"a" & <i>',
    },
    { id: 'bullmq', title: 'BullMQ', store: 'redis', history: 'kept', setup: 'AOF' },
    { id: 'goplate-sqlite', title: 'ours, SQLite', store: 'sqlite', history: 'kept', setup: 'as it comes' },
    { id: 'raw-sqlite-keep', title: 'limit, SQLite', store: 'sqlite', history: 'kept', setup: 'SQL' },
  ],
  leftOut: [{ contender: 'pg-boss', reason: 'no <reason>' }],
  results: [
    {
      ...{
        scenario: 'drain',
        contender: 'goplate-postgres',
        jobsPerSecond: 50_000,
        clientCpuUsPerJob: 14.8,
        ...servers,
      },
      ...{ serverCpuUsPerJob: 13.4, walBytesPerJob: 367, statementsPerJob: 0.0042, rssMiB: 131 },
    },
    {
      ...{
        scenario: 'drain',
        contender: 'raw-postgres-keep',
        jobsPerSecond: 62_500,
        clientCpuUsPerJob: 7.4,
        ...servers,
      },
      ...{ serverCpuUsPerJob: 20.1, walBytesPerJob: 732, statementsPerJob: 0.004, rssMiB: 82 },
    },
    { scenario: 'drain', contender: 'graphile-worker', jobsPerSecond: 20_000, walBytesPerJob: 667, ...servers },
    { scenario: 'drain', contender: 'bullmq', jobsPerSecond: 10_000, clientCpuUsPerJob: 65.9, ...servers },
    {
      scenario: 'drain',
      contender: 'goplate-sqlite',
      jobs: 50_000,
      rounds: 3,
      jobsPerSecond: 150_000,
      clientCpuUsPerJob: 6,
    },
    {
      scenario: 'drain',
      contender: 'raw-sqlite-keep',
      jobs: 50_000,
      rounds: 3,
      jobsPerSecond: 200_000,
      clientCpuUsPerJob: 4,
    },
    { scenario: 'pickup', contender: 'goplate-postgres', jobs: 160, rounds: 3, p50Ms: 3, p99Ms: 7.76 },
    { scenario: 'pickup', contender: 'graphile-worker', jobs: 160, rounds: 3, p50Ms: 4.5, p99Ms: 11.8 },
    { scenario: 'pickup', contender: 'bullmq', jobs: 160, rounds: 1, p50Ms: 1.5 },
  ],
}

/** The same run with other figures for one contender in one scenario. */
export function changed(results: Results, which: Pick<Result, 'scenario' | 'contender'>, to: Partial<Result>): Results {
  const same = (one: Result) => one.scenario === which.scenario && one.contender === which.contender
  return { ...results, results: results.results.map((one) => (same(one) ? { ...one, ...to } : one)) }
}

export function without(results: Results, contender: Result['contender']): Results {
  return { ...results, results: results.results.filter((one) => one.contender !== contender) }
}
