import { parseArgs } from 'node:util'
import { runDemo } from './demo/run.ts'
import { killAllWorkers } from './demo/workers/processes.ts'

const { values } = parseArgs({ options: { postgres: { type: 'boolean', default: false } } })

const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort())

// A stopped process would outlive even an end that leaves no time to clear up.
process.on('exit', () => void killAllWorkers())

const succeeded = await runDemo({ postgres: values.postgres, signal: interrupted.signal })
// Not by exitCode: what looks after the local PostgreSQL would end the process with 0.
process.exit(succeeded ? 0 : 1)
