import { parseArgs } from 'node:util'
import { runDemo } from './demo/run.ts'

const { values } = parseArgs({ options: { postgres: { type: 'boolean', default: false } } })

process.exit((await runDemo({ postgres: values.postgres })) ? 0 : 1)
