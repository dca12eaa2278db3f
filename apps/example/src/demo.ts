import { parseArgs } from 'node:util'
import { runDemo } from './demo/run.ts'
import { killAllWorkers } from './demo/workers/processes.ts'

const { values } = parseArgs({ options: { postgres: { type: 'boolean', default: false } } })

process.on('exit', killAllWorkers)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))

process.exit((await runDemo({ postgres: values.postgres })) ? 0 : 1)
