import { Redis } from 'ioredis'
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { familyCpuUs } from '../measure/process-cpu.ts'
import type { Store } from './store.ts'

/** Undefined when the machine has no redis-server. */
export function redisVersion(): string | undefined {
  const asked = spawnSync('redis-server', ['--version'], { encoding: 'utf8' })
  return asked.status === 0 ? /v=(\S+)/.exec(asked.stdout)?.[1] : undefined
}

/** Redis that appends every write to its file and syncs it each second. */
export async function redisStore(version: string): Promise<Store> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-redis-'))
  const port = await freePort()
  const server = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--appendonly', 'yes', '--save', ''],
    { stdio: 'ignore' },
  )
  process.once('exit', () => server.kill('SIGKILL'))
  const admin = new Redis({ port, host: '127.0.0.1', maxRetriesPerRequest: null })
  admin.on('error', () => {}) // refused until the server listens; it tries again
  await admin.ping()
  return {
    kind: 'redis',
    version,
    async create() {
      await admin.flushall()
      return { url: `redis://127.0.0.1:${port}`, drop: async () => void (await admin.flushall()) }
    },
    usage: async () => ({ cpuUs: await familyCpuUs(server.pid!) }),
    settle: async () => {},
    async stop() {
      await admin.quit()
      await stopped(server)
      await rm(directory, { recursive: true, force: true })
    },
  }
}

async function stopped(server: ChildProcess): Promise<void> {
  const exit = once(server, 'exit')
  server.kill('SIGTERM')
  await exit
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('No port on the loopback address.')
  return address.port
}
