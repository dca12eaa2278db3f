import { expect, test } from 'vitest'
import { Listeners } from './listeners.ts'

test('tells everybody, also after one that throws, until each ends its own', () => {
  const listeners = new Listeners<[string]>()
  const told: string[] = []
  listeners.add(() => {
    throw new Error('broken')
  })
  const listener = (what: string): void => void told.push(what)
  const ends = [listeners.add(listener), listeners.add(listener)]
  listeners.tell('first')
  ends[0]!()
  ends[0]!()
  listeners.tell('second')
  ends[1]!()
  listeners.tell('third')
  expect(told).toEqual(['first', 'first', 'second'])
})
