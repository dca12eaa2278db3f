import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, expect, it, onTestFinished } from 'vitest'

const script = fileURLToPath(new URL('../../src/dev.ts', import.meta.url))
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'example-dev-'))
  return () => rm(folder, { recursive: true })
})

/** Runs `pnpm dev` on any free port; resolves when it says where it is. */
async function start(...args: string[]): Promise<{ process: ChildProcess; origin: string }> {
  const started = spawn(process.execPath, [script, '--data', folder, ...args], {
    env: { ...process.env, PORT: '0', DATABASE_URL: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void started.kill('SIGKILL'))
  let said = ''
  for await (const text of started.stdout) {
    said += String(text)
    const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0]
    if (origin !== undefined && said.includes('Ctrl-C')) return { process: started, origin }
  }
  throw new Error(`it ended: ${said}`)
}

const post = (address: string) => fetch(address, { method: 'POST', redirect: 'manual' })
const read = (address: string) => fetch(address).then((response) => response.text())

it('takes up after a crash what the process before had left, within seconds', { timeout: 60_000 }, async () => {
  const first = await start()
  await post(`${first.origin}/try/slow-photo`)
  await expect.poll(() => read(`${first.origin}/jobs/1`), { timeout: 20_000 }).toContain('running')
  first.process.kill('SIGKILL')
  await once(first.process, 'exit')

  const second = await start()
  const page = () => read(`${second.origin}/jobs/1`)
  await expect.poll(page, { timeout: 20_000 }).toMatch(/Crashes<\/dt>\s*<dd>1 of 3/)
  second.process.kill('SIGTERM')
  expect(await once(second.process, 'exit')).toEqual([0, null])
})

it('runs on a PostgreSQL of its own', { timeout: 60_000 }, async () => {
  const { process: site, origin } = await start('--postgres')
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ name: 'Ada', email: 'ada@example.com' })
  const response = await fetch(`${origin}/sign-up`, { method: 'POST', headers, body })
  expect(await response.json()).toEqual({ success: true, message: 'Welcome email queued successfully' })
  await expect.poll(() => read(`${origin}/mail`), { timeout: 20_000 }).toContain('Welcome, Ada!')
  site.kill('SIGTERM')
  await once(site, 'exit')
})
