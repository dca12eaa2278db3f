import pg from 'pg'
import { contenderIds, type Consumer, type Contender, type Producer, type WorkerSettings } from '../contender.ts'
import { loadContender } from '../contenders/load.ts'
import { ClaimCounter } from './claim-counter.ts'
import { produceBulk, produceOneByOne, producePaced } from './produce.ts'
import type { Reply, Request, RoleUse } from './role-messages.ts'
import { Sightings } from './sightings.ts'
import { weigh } from './weigh.ts'

/** `node role.ts <contender> <produce|consume> <url> <settings>`. Requests come over the IPC channel. */
const [id, part, url, settings = '{}'] = process.argv.slice(2)
const contenderId = contenderIds.find((known) => known === id)
if (contenderId === undefined || url === undefined || (part !== 'produce' && part !== 'consume')) {
  throw new Error('usage: role.ts <contender> <produce|consume> <url>')
}

let statements = 0
const claims = new ClaimCounter()
countStatements()
const contender: Contender = await loadContender(contenderId)
const sightings = new Sightings((handled) => process.send?.({ handled }))
const producer: Producer | undefined = part === 'produce' ? await contender.produce(url) : undefined
const consumer: Consumer | undefined =
  part === 'consume'
    ? await contender.consume(url, (payload) => sightings.note(payload), JSON.parse(settings) as WorkerSettings)
    : undefined
let cpuAtStart = process.cpuUsage()
let statementsAtStart = 0
let largestRss = 0

process.on('message', (request: Request) => {
  void answer(request).then(
    (reply) => process.send?.(reply),
    (error: unknown) =>
      process.send?.({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  )
})
process.send?.({ done: 'ready' } satisfies Reply)

async function answer(request: Request): Promise<Reply> {
  if (request.do === 'stop') return stop()
  if (request.do === 'look') return { done: 'looked', left: await contender.left(url!) }
  if (request.do === 'weigh') return { done: 'weighed', weight: weigh() }
  cpuAtStart = process.cpuUsage()
  statementsAtStart = statements
  claims.begin()
  if (request.do === 'work') {
    sightings.keepsWaits = request.keepWaits !== false
    await consumer!.start()
    return { done: 'working' }
  }
  const { fromUs, toUs } = await produce(request)
  return { done: 'produced', fromUs, toUs }
}

function produce(request: Exclude<Request, { do: 'work' | 'look' | 'weigh' | 'stop' }>) {
  switch (request.do) {
    case 'bulk':
      return produceBulk(producer!, request)
    case 'single':
      return produceOneByOne(producer!, request)
    case 'paced':
      return producePaced(producer!, request)
  }
}

async function stop(): Promise<Reply> {
  largestRss = Math.max(largestRss, process.memoryUsage.rss())
  await consumer?.stop()
  const use = useSinceStart()
  await producer?.close()
  return { done: 'stopped', use, seen: sightings.seen() }
}

function useSinceStart(): RoleUse {
  const { user, system } = process.cpuUsage(cpuAtStart)
  return {
    cpuUs: user + system,
    rssMiB: largestRss / 2 ** 20,
    statements: statements - statementsAtStart,
    ...claims.seen(),
  }
}

/** Every contender on PostgreSQL sends its statements through this package. */
function countStatements(): void {
  const query = pg.Client.prototype.query as (...args: unknown[]) => unknown
  Object.assign(pg.Client.prototype, {
    query(this: pg.Client, ...args: unknown[]) {
      statements += 1
      return claims.watch(args[0], query.apply(this, args))
    },
  })
}
