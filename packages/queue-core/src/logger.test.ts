import { pino } from 'pino'
import { expect, it } from 'vitest'
import type { Logger } from './logger.ts'

it('is a pino: its type fits, and fields and message arrive as such', () => {
  const lines: string[] = []
  const logger: Logger = pino({ base: null, timestamp: false }, { write: (line) => void lines.push(line) })

  logger.warn({ jobId: '7' }, 'The lease is lost.')

  expect(lines.map((line) => JSON.parse(line))).toEqual([{ level: 40, jobId: '7', msg: 'The lease is lost.' }])
})
