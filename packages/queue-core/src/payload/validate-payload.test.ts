import { type } from 'arktype'
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { StandardSchemaV1 } from './standard-schema.ts'
import { validatePayload } from './validate-payload.ts'

function schemaOf(validate: (value: unknown) => unknown): StandardSchemaV1 {
  return { '~standard': { version: 1, vendor: 'test', validate: validate as never } }
}

describe('schemas of the libraries', () => {
  const libraries: [string, StandardSchemaV1][] = [
    ['zod', z.object({ user: z.object({ ages: z.array(z.coerce.number<string>()) }) })],
    ['valibot', v.object({ user: v.object({ ages: v.array(v.pipe(v.string(), v.transform(Number), v.number())) }) })],
    ['arktype', type({ user: { ages: type('string.numeric.parse').array() } })],
  ]

  it.each(libraries)('%s gives its output', async (_name, schema) => {
    expect(await validatePayload(schema, { user: { ages: ['1', '2'] } })).toEqual({ value: { user: { ages: [1, 2] } } })
  })

  it.each(libraries)('%s says what is wrong and where', async (_name, schema) => {
    const result = await validatePayload(schema, { user: { ages: ['1', {}] } })
    expect(result).toEqual({ issues: [{ path: '$.user.ages[1]', message: expect.stringMatching(/\w/) as string }] })
  })
})

describe('validatePayload', () => {
  it('waits for a schema that is asynchronous', async () => {
    const schema = z.string().refine(async (text) => text !== 'taken', 'is taken')
    expect(await validatePayload(schema, 'free')).toEqual({ value: 'free' })
    expect(await validatePayload(schema, 'taken')).toEqual({ issues: [{ path: '$', message: 'is taken' }] })
  })

  it('makes an issue of a schema that throws or rejects', async () => {
    const throws = schemaOf(() => {
      throw new TypeError('broken')
    })
    const rejects = schemaOf(() => Promise.reject(new TypeError('broken')))
    const issues = [{ path: '$', message: 'the schema threw an error: TypeError: broken' }]
    expect(await validatePayload(throws, 1)).toEqual({ issues })
    expect(await validatePayload(rejects, 1)).toEqual({ issues })
  })

  it('writes paths of keys and of path objects', async () => {
    const path = ['a', { key: 0 }, 'b c', Symbol('s')]
    const result = await validatePayload(
      schemaOf(() => ({ issues: [{ message: 'no', path }] })),
      1,
    )
    expect(result).toEqual({ issues: [{ path: '$.a[0]["b c"][Symbol(s)]', message: 'no' }] })
  })

  it('bounds the number and the length of issues', async () => {
    const issues = Array.from({ length: 1_000 }, () => ({ message: 'x'.repeat(10_000) }))
    const result = await validatePayload(
      schemaOf(() => ({ issues })),
      1,
    )
    expect(JSON.stringify(result).length).toBeLessThan(12_000)
  })

  it('refuses when the schema refuses without a reason', async () => {
    expect(
      await validatePayload(
        schemaOf(() => ({ issues: [] })),
        1,
      ),
    ).toHaveProperty('issues.0.path', '$')
  })

  it('never throws, whatever a schema answers', async () => {
    const answer = fc.oneof(
      fc.anything(),
      fc.record({ issues: fc.anything() }),
      fc.record({ issues: fc.array(fc.anything()) }),
    )
    await fc.assert(
      fc.asyncProperty(answer, async (value) => {
        const result = await validatePayload(
          schemaOf(() => value),
          1,
        )
        return 'value' in result || result.issues.length > 0
      }),
    )
  })
})
