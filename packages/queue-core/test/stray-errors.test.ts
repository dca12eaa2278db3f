import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const script = fileURLToPath(new URL('fixtures/careless-process.ts', import.meta.url))

async function run(...parameters: string[]) {
  const child = spawn(process.execPath, [script, ...parameters], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, complaint, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code: code as number, complaint, report: JSON.parse(out || 'null') as unknown }
}

describe('an error that a handler dropped', () => {
  test.each(['rejection', 'late rejection', 'timer', 'microtask', 'next tick', 'callback'])(
    '(%s) fails its job alone; the process lives on',
    async (way) => {
      expect(await run(way)).toEqual({
        code: 0,
        complaint: '',
        report: {
          ended: { 'neighbour finished': 20, 'careless failed': 1 },
          message: `Error: stray: ${way}`,
          errors: [],
        },
      })
    },
  )
})

describe('an error of nobody', () => {
  test.each(['exception', 'rejection'])(
    '(%s) is told, lets every job end, and ends the process with 1',
    async (kind) => {
      const { code, complaint, report } = await run('none', 'outside', kind)
      expect(code).toBe(1)
      expect(complaint).toContain('Error: stray: none')
      expect(complaint).toContain('careless-process.ts')
      expect(report).toEqual({
        ended: { 'neighbour finished': 20, 'careless finished': 1 },
        errors: [['uncaught', 'Error: stray: none']],
      })
    },
  )
})
