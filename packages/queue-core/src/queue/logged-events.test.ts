import { expect, test } from 'vitest'
import { loggedEvents } from './logged-events.ts'

function scene() {
  const lines: unknown[] = []
  const write = (level: string) => (fields: object, message: string) => void lines.push([level, fields, message])
  const logger = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
  return { logger, lines }
}

test('writes warnings and errors once each, with their fields, and no other event', () => {
  const { logger, lines } = scene()
  const events = loggedEvents(logger)
  const error = new Error('down')
  events.on('warning', () => undefined)
  events.emit('warning', { code: 'attempt', message: 'Forgot a return.', jobId: '7', type: 'mail' })
  events.emit('error', { error, during: 'claim' })
  events.emit('worker:stopped', { worker: 'w' })
  expect(lines).toEqual([
    ['warn', { code: 'attempt', jobId: '7', type: 'mail' }, 'Forgot a return.'],
    ['error', { err: error, during: 'claim' }, 'claim failed'],
  ])
})

test('writes what a listener threw', () => {
  const { logger, lines } = scene()
  const events = loggedEvents(logger)
  const error = new Error('mine')
  events.on('worker:stopped', () => {
    throw error
  })
  events.emit('worker:stopped', { worker: 'w' })
  expect(lines).toEqual([['error', { err: error, event: 'worker:stopped' }, 'listener of worker:stopped failed']])
})

test('a logger that throws harms neither listeners nor whoever emits', () => {
  const broken = () => {
    throw new Error('disk full')
  }
  const events = loggedEvents({ debug: broken, info: broken, warn: broken, error: broken })
  const heard: string[] = []
  events.on('error', ({ during }) => {
    heard.push(during)
    throw new Error('mine')
  })
  events.emit('error', { error: new Error('down'), during: 'claim' })
  expect(heard).toEqual(['claim'])
})
