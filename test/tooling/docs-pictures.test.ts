import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { jobStates, jobTransitions } from '../../packages/queue-core/src/job/job-state.ts'
import { root } from '../packaging/packages.ts'

const picture = readFileSync(join(root, 'docs/pictures/job-states.svg'), 'utf8')

test('the picture of the states shows every state', () => {
  const boxes = [...picture.matchAll(/<text class="strong"[^>]*>([^<]+)</g)].map(([, name]) => name)
  expect(boxes.sort()).toEqual([...jobStates].sort())
})

test('its arrows are the legal moves, each with what makes it', () => {
  const shown = [...picture.matchAll(/data-moves="([^"]+)"/g)].flatMap(([, moves = '']) => moves.split(' '))
  const legal = jobTransitions.map(({ from, to, by }) => `${from ?? 'new'}>${to ?? 'removed'}:${by}`)
  expect(shown.sort()).toEqual([...new Set(legal)].sort())
})
