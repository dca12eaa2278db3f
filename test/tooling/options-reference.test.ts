import { describe, expect, test } from 'vitest'
import { DuplicateTypeError, InvalidOptionError, QueueError } from '../../packages/queue-core/src/errors.ts'
import { literalOf, literalsInSources, trueDefaults, workerDefaults } from './option-defaults.ts'
import { PublicTypes } from './option-members.ts'
import { samplesOf } from './option-ranges.ts'
import { optionTables, otherTable } from './option-tables.ts'
import { refusedByWords, trials } from './option-trials.ts'

const tables = optionTables()
const types = new PublicTypes()

describe.each(tables)('the options of $of', (table) => {
  const members = types.membersOf(table)

  test('are all there, and no others', () => {
    expect(table.rows.map(({ option }) => option).sort()).toEqual([...members.keys()].sort())
  })

  test('are called required if, and only if, they are', () => {
    const stated = table.rows.filter(({ defaultText }) => defaultText === 'required').map(({ option }) => option)
    const required = [...members].filter(([, member]) => member.required).map(([name]) => name)
    expect(stated.sort()).toEqual(required.sort())
  })
})

test('every exported type of options has its table', () => {
  const missing = types
    .optionTypes()
    .filter(({ name, entry }) => !tables.some((table) => table.of === name && (table.entry ?? entry) === entry))
  expect(missing).toEqual([])
})

const rows = tables.flatMap(({ of, entry, rows }) =>
  rows.map((row) => ({ of: entry === undefined ? of : `${of} of ${entry}`, ...row })),
)

describe('a stated default', () => {
  const inSources = literalsInSources()
  const stated = rows.flatMap((row) => {
    const literal = literalOf(row.defaultText)
    return literal === undefined ? [] : [{ ...row, ...literal }]
  })

  test.each(stated)('of $of $option is $source', ({ of, option, value, source }) => {
    const truth = trueDefaults[of]?.[option]
    if (truth === undefined) expect([...inSources]).toContain(`${option} ${source}`)
    else expect(truth).toEqual(value)
  })

  test('of the worker depends on the driver and on development as stated', () => {
    expect(workerDefaults({}, false)).toMatchObject({ pollInterval: 1_000 })
    const development = otherTable(['Option', 'Default with `development: true`'])
    const values = development.map(([option = '', text = '']) => [option.replaceAll('`', ''), literalOf(text)?.value])
    const usual = workerDefaults()
    const changed = Object.entries(workerDefaults({ development: true })).filter(
      ([name, value]) => usual[name] !== value,
    )
    expect(Object.fromEntries(changed)).toEqual({ ...Object.fromEntries(values), scanMs: 250 })
  })
})

describe('a stated range', () => {
  const ranges = rows.flatMap((row) => {
    const samples = samplesOf(row.range)
    return samples === undefined ? [] : [{ ...row, ...samples }]
  })

  test('is found in many rows', () => {
    expect(ranges.length).toBeGreaterThan(30)
  })

  test.each(ranges)('of $of $option is $range', async ({ of, option, accepted, refused }) => {
    expect(await refusedOf(accepted, of, option)).toEqual([])
    expect(await refusedOf(refused, of, option)).toEqual(refused)
  })

  test.each(refusedByWords)('of %s %s is kept to, in words', async (of, option, values) => {
    expect(await refusedOf(values, of, option)).toEqual(values)
  })
})

/** Those of the values that end as an `InvalidOptionError` or an error of its kind. */
async function refusedOf(values: readonly unknown[], of: string, option: string): Promise<unknown[]> {
  const trial = trials[of]
  if (trial === undefined) throw new Error(`test/tooling/option-trials.ts does not try ${of}.`)
  const refused: unknown[] = []
  for (const value of values) {
    try {
      await trial(option, value)
    } catch (error) {
      if (InvalidOptionError.isInstance(error) || DuplicateTypeError.isInstance(error)) refused.push(value)
      else if (!QueueError.isInstance(error)) throw error
    }
  }
  return refused
}
