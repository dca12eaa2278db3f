import type { JobRecord } from '@goplate/queue-core'
import { expect, it } from 'vitest'
import { compare, type Seen } from './compare.ts'
import type { Expected } from './expected.ts'

const at = (ms: number) => new Date(1_700_000_000_000 + ms)

const record = {
  id: '1',
  type: 'send_email',
  state: 'failed',
  reason: 'exhausted',
  attempt: 2,
  error: { name: 'Error', message: 'mail server: 452 mailbox full' },
  createdAt: at(0),
  history: [
    { epoch: 1, attempt: 1, outcome: 'retried', endedAt: at(100) },
    { epoch: 2, attempt: 2, outcome: 'failed', endedAt: at(5_100) },
  ],
} as unknown as JobRecord

const expected: Expected = {
  jobs: {
    receipt: {
      why: 'the mailbox is full',
      type: 'send_email',
      state: 'failed',
      reason: 'exhausted',
      attempts: 2,
      history: ['retried', 'failed'],
      pausesMs: [0, 5_000],
      error: '452 mailbox full',
      mail: { to: 'a@example.com', times: 0 },
    },
  },
  facts: { users: 'Ada' },
}
const folders = { root: '/nowhere', photos: '/nowhere/photos', images: '/nowhere/images', remove: async () => {} }
const seen: Seen = { cast: new Map([['receipt', '1']]), facts: { users: 'Ada' }, received: new Map(), folders }

async function namesOf(change: { job?: object; seen?: Partial<Seen>; more?: JobRecord[] }): Promise<string[]> {
  const jobs = [{ ...record, ...change.job }, ...(change.more ?? [])]
  return (await compare(expected, { ...seen, ...change.seen }, jobs)).map(({ what }) => what)
}

it('finds nothing when all is as expected', async () => {
  expect(await namesOf({})).toEqual([])
})

it.each([
  ['type', { type: 'process_image' }],
  ['state', { state: 'finished' }],
  ['reason', { reason: 'permanent' }],
  ['attempts', { attempt: 1 }],
  ['error', { error: undefined }],
  ['pause 2', { history: [record.history?.[0], { ...record.history?.[1], endedAt: at(5_099) }] }],
])('notices another %s', async (what, job) => {
  expect(await namesOf({ job })).toEqual([`receipt: ${what}`])
})

it('notices a skipped retry, also when everything else looks alike', async () => {
  expect(await namesOf({ job: { history: record.history?.slice(1) } })).toContain('receipt: history')
})

it('notices missing and unknown jobs, mail and facts', async () => {
  expect(await namesOf({ more: [{ ...record, id: '2' }] })).toEqual(['job 2'])
  expect(await namesOf({ seen: { cast: new Map() } })).toEqual(['receipt', 'job 1'])
  expect(await namesOf({ seen: { received: new Map([['a@example.com', 1]]) } })).toEqual(['receipt: messages received'])
  expect(await namesOf({ seen: { facts: {} } })).toEqual(['users'])
  expect(await namesOf({ seen: { facts: { users: 'Ada', 'late outcome': 'job:failed' } } })).toEqual(['late outcome'])
})

it('says what is wrong with an image that is not there', async () => {
  const image = { file: '1/resize/beach.jpg', width: 320 }
  const wanted: Expected = { jobs: { receipt: { ...expected.jobs['receipt']!, image } }, facts: expected.facts }
  expect(await compare(wanted, seen, [record])).toEqual([
    { what: 'receipt: image', expected: 'a smaller image', found: expect.stringContaining('resize/beach.jpg') },
  ])
})
