import type { Settlement, SettleRequest } from '@goplate/queue-core'
import { expect, it } from 'vitest'
import type { Database } from '../../app/orm.ts'
import { sabotage } from './sabotage.ts'

const claim = { leaseId: 'lease', position: 1, jobId: '1', epoch: 1 }
const retried: Settlement = { claim, outcome: 'retried', delayMs: 5_000, waitMs: 0, durationMs: 0 }

function recording(): { database: Database; requests: SettleRequest[] } {
  const requests: SettleRequest[] = []
  const driver = {
    name: 'recording',
    async settle(request: SettleRequest) {
      requests.push(request)
      return request.settlements.map(() => 'applied')
    },
  }
  return { requests, database: { driver } as unknown as Database }
}

it('leaves the storage alone unless it is asked', () => {
  const { database } = recording()
  expect(sabotage(undefined)(database)).toBe(database.driver)
  expect(sabotage('')(database)).toBe(database.driver)
  expect(() => sabotage('fences')).toThrow('"retry" or "fence"')
})

it('gives up one job that should have been retried, and nothing else of the driver', async () => {
  const { database, requests } = recording()
  const driver = sabotage('retry')(database)
  expect(driver.name).toBe('recording')

  await driver.settle({ worker: 'one', settlements: [retried, retried] })
  await driver.settle({ worker: 'one', settlements: [retried] })
  const { delayMs: _, ...facts } = retried
  expect(requests.map(({ settlements }) => settlements)).toEqual([
    [{ ...facts, outcome: 'failed', reason: 'exhausted' }, retried],
    [retried],
  ])
})
