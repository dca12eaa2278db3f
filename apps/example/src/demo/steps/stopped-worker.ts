import { Gate } from '../world/gate.ts'
import type { WorkerProcess } from '../workers/processes.ts'
import type { Stage } from '../stage.ts'
import type { WorkerEvent } from '../workers/wire.ts'
import { within } from '../within.ts'

/**
 * A worker is stopped when it is about to write down that a job failed for good, and stays so past its lease. Another
 * takes the job over and is at work on it when the first wakes up and writes. It must not be believed.
 */
export async function stopWorker(stage: Stage, sleeper: WorkerProcess): Promise<void> {
  const { app, mail, narrator } = stage
  narrator.chapter(
    'A worker is stopped past its lease and wakes up late',
    'It was about to write that its job failed for good. Another worker takes the job over, and is at work on it\n' +
      'when the first one wakes up and writes. That must not count: each attempt is decided once.',
  )
  const successorsMail = new Gate()
  mail.setMailbox('fenced@example.com', {
    recipient: async (visit) => {
      if (visit === 1) return { code: 550, text: 'no such user here' }
      await successorsMail.pass()
      return undefined
    },
  })
  await within(10, 'worker three to be ready to be stopped', sleeper.freezeBeforeNextOutcome())
  const email = { to: 'fenced@example.com', subject: 'Your invoice', body: 'Please find it attached.' }
  const id = stage.introduce('e-mail of the sleeper', await app.queue.dispatch(app.sendEmail, email))
  const started = sleeper.event((event) => event.name === 'job:started' && event.jobId === id)
  await within(30, 'worker three to start the job', started)
  narrator.say('operator', 'worker three is stopped (SIGSTOP) when it is about to give the job up', 'red')

  const successor = await stage.startWorker('four')
  await within(40, 'worker four to take the job over', successorsMail.arrived)
  sleeper.kill('SIGCONT')
  narrator.say('operator', 'woke worker three (SIGCONT) while worker four is at work on its job')
  const told = await within(
    30,
    'worker three to settle late',
    sleeper.event((event) => isDecision(event, id)),
  )
  stage.facts['late outcome of the stopped worker'] = told.name
  successorsMail.open()
  await within(
    30,
    'worker four to settle',
    successor.event((event) => isDecision(event, id)),
  )
  await stage.ended(['e-mail of the sleeper'])

  stage.facts['third worker, asked to leave'] = await stage.dismiss(sleeper)
  stage.facts['fourth worker, asked to leave'] = await stage.dismiss(successor)
}

/** How a worker learned what became of its outcome. */
function isDecision({ name, jobId }: WorkerEvent, id: string): boolean {
  return jobId === id && ['job:lost', 'job:failed', 'job:finished', 'job:retrying', 'job:cancelled'].includes(name)
}
