import { expect, test } from 'vitest'
import { allQueues, cancelRequested, decodeNotification, encodeNotification } from './notification.ts'

const sent = (queues: readonly string[]) => decodeNotification(encodeNotification('me', queues))
const many = Array.from({ length: 200 }, (_, index) => `${'n'.repeat(50)}${index}`)

test.each([
  { what: 'queues', names: ['mail', 'images'], queues: ['mail', 'images'], cancel: false },
  { what: 'cancels alone', names: [cancelRequested], queues: [], cancel: true },
  { what: 'both', names: ['mail', cancelRequested], queues: ['mail'], cancel: true },
  { what: 'all queues, whatever else is named', names: ['mail', allQueues], queues: 'all', cancel: false },
  { what: 'more queues than fit', names: many, queues: 'all', cancel: false },
  { what: 'more queues than fit, and cancels', names: [...many, cancelRequested], queues: 'all', cancel: true },
])('carries $what', ({ names, queues, cancel }) => {
  expect(sent(names)).toEqual({ sender: 'me', queues, cancelRequested: cancel })
})

test('a process that does not know the mark of cancels takes it for nothing', () => {
  const names = encodeNotification('me', ['mail', cancelRequested]).split(' ')[1]!.split(',')
  expect(names.filter((name) => /^[A-Za-z0-9]/.test(name))).toEqual(['mail'])
})

test.each(['', 'x', 'x  ', 'a b c', 'x !', 42, undefined])('makes nothing of %j', (payload) => {
  expect(decodeNotification(payload)).toBeUndefined()
})
