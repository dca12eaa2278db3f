import { Sidequest, type SidequestConfig } from 'sidequest'
import { fileURLToPath } from 'node:url'
import type { Contender, Payload } from '../contender.ts'
import { concurrency } from './fairness.ts'
import { countLeft } from './postgres-query.ts'
import { handledJobs, NoteJob } from './sidequest-job.ts'

const pollMs = 10

export const sidequest: Contender = {
  id: 'sidequest',
  title: 'sidequest, inline, PostgreSQL',
  store: 'postgresql',
  history: 'kept',
  setup: `runner inline, no fork, ${concurrency} jobs at once, polls every ${pollMs} ms; no bulk call: ${concurrency} calls at once`,
  async prepare(url) {
    await Sidequest.configure({ ...settings(url), skipMigration: false })
    await Sidequest.stop()
  },
  async produce(url) {
    await Sidequest.configure(settings(url))
    const dispatch = (payload: Payload) => Sidequest.build(NoteJob).enqueue(payload)
    return {
      async dispatchMany(payloads) {
        const waiting = payloads.values()
        const call = async () => {
          for (const payload of waiting) await dispatch(payload)
        }
        await Promise.all(Array.from({ length: concurrency }, call))
      },
      dispatch,
      close: () => Sidequest.stop(),
    }
  },
  async consume(url, handled) {
    const onJob = (payload: unknown) => handled(payload as Payload)
    return {
      async start() {
        handledJobs.subscribe(onJob)
        await Sidequest.start(settings(url))
      },
      async stop() {
        await Sidequest.stop()
        handledJobs.unsubscribe(onJob)
      },
    }
  },
  left: (url) =>
    countLeft(url, `select count(*) as left from sidequest_jobs where state in ('waiting', 'claimed', 'running')`),
}

function settings(url: string): SidequestConfig<'@sidequest/postgres-backend'> {
  return {
    backend: { driver: '@sidequest/postgres-backend', config: url },
    fork: false,
    runner: 'inline',
    maxConcurrentJobs: concurrency,
    queueDefaults: { concurrency },
    jobPollingInterval: pollMs,
    manualJobResolution: true,
    jobsFilePath: fileURLToPath(new URL('sidequest-job.ts', import.meta.url)),
    skipMigration: true,
    gracefulShutdown: false,
    logger: { level: 'error' },
    dashboard: { enabled: false },
  }
}
