import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as define from './define.ts'

/** What the file imports at run time, and what those import. */
function reached(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found
  found.add(file)
  if (!file.endsWith('.ts')) return found
  for (const [, clause, from] of readFileSync(file, 'utf8').matchAll(/^(?:import|export) (.*?)from '([^']+)'/gms)) {
    if (clause?.startsWith('type ') || from === undefined) continue
    reached(from.startsWith('.') ? join(dirname(file), from) : from, found)
  }
  return found
}

describe('the entry ./define', () => {
  it('holds definitions, policies and durations', () => {
    expect(Object.keys(define).sort()).toEqual([
      'constant',
      'defineJob',
      'exponential',
      'newJob',
      'parseDuration',
      'payloadOf',
    ])
  })

  it('reaches a handful of files and no module of Node', () => {
    const files = [...reached(join(import.meta.dirname, 'define.ts'))].map((file) =>
      relative(import.meta.dirname, file),
    )
    expect(files.sort()).toEqual([
      'define-job.ts',
      'define.ts',
      'duration.ts',
      'errors.ts',
      'job/retry-policy.ts',
      'queue-error.ts',
    ])
  })
})
