import { openApp } from './app/app.ts'
import { Freezer } from './demo/workers/freezer.ts'
import { sabotage } from './demo/workers/sabotage.ts'
import { eventsToldToTheDemo, toWire, type WorkerEvent, type WorkerSettings } from './demo/workers/wire.ts'

/** The worker process of the application. The demo starts it with an IPC channel and listens to its events. */
const settings = JSON.parse(process.env.EXAMPLE_WORKER ?? '{}') as WorkerSettings
const breakStorage = sabotage(process.env.GOPLATE_DEMO_SABOTAGE)
const freezer = new Freezer()
const app = await openApp(settings, (database) => freezer.wrap(breakStorage(database)))

const worker = app.queue.createWorker({
  name: settings.name,
  queues: { mail: { concurrency: 4 }, images: { concurrency: 2 } },
  lease: settings.timing?.lease ?? '30s',
})

for (const name of eventsToldToTheDemo) app.queue.on(name, (event) => tell(toWire(name, event)))
app.queue.on('worker:stopped', () => void leave())
process.on('disconnect', () => process.exit(1))
process.on('message', () => {
  freezer.arm()
  tell({ name: 'freezer:armed' })
})

worker.handleSignals()
await worker.start()

function tell(event: WorkerEvent): void {
  process.send?.(event)
}

async function leave(): Promise<void> {
  await app.close()
  process.exit(0)
}
