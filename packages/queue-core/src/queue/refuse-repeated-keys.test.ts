import { expect, test } from 'vitest'
import { defineJob } from '../define-job.ts'
import { InvalidOptionError } from '../errors.ts'
import { memoryDriver } from '../memory/memory-driver.ts'
import { Queue } from './queue.ts'

const mail = defineJob({ type: 'mail', async handle(_payload: { to: string }) {} })

test('a call with one key twice answers the first job, or is refused when the second would reject it', async () => {
  const queue = new Queue({ driver: memoryDriver(), jobs: [mail] })
  const twice = (onConflict: 'return' | 'reject') =>
    queue.dispatchAll([1, 2].map((n) => mail.with({ to: `${n}` }, { unique: { key: 'k', onConflict } })))
  const error = await twice('reject').catch((thrown: unknown) => thrown)
  expect(error).toSatisfy(InvalidOptionError.isInstance)
  expect(error).toMatchObject({ option: 'unique.key', message: expect.stringContaining('"k" of "mail"') as string })
  expect((await queue.list({ types: ['mail'] })).jobs).toEqual([])
  const [first, second] = await twice('return')
  expect(second).toEqual({ id: first!.id, created: false })
})
