import type { Stage } from '../stage.ts'
import { within } from '../within.ts'

/** A worker meets a mail server that is down, then one with moods, and works off everything there is. */
export async function runFirstWorker(stage: Stage): Promise<void> {
  const { narrator } = stage
  narrator.chapter(
    'A worker starts; the mail server is down',
    'The welcome e-mails must be tried again 5 s later. Everything else must go on meanwhile.',
  )
  const worker = await stage.startWorker('one')
  for (const name of ['welcome Ada', 'welcome Grace', 'welcome Edsger']) {
    const id = stage.cast.get(name)
    const retried = worker.event((event) => event.name === 'job:retrying' && event.jobId === id)
    await within(30, `the first attempt of ${name} to fail`, retried)
  }

  narrator.chapter(
    'The mail server comes up',
    'To it, 550 is final; 451 and 452 are worth another attempt, up to three. The delayed e-mail is due in 4 s.',
  )
  await stage.mail.start()
  narrator.say('mail server', `listens on port ${stage.mail.port}`)
  await dispatchDifficultMail(stage)
  await dispatchDelayed(stage)
  await stage.ended(stage.cast.keys())
  stage.facts['first worker, asked to leave'] = await stage.dismiss(worker)
}

/** An address that does not exist (550), a server that is busy once (451), a mailbox that stays full (452). */
async function dispatchDifficultMail(stage: Stage): Promise<void> {
  const { app, mail } = stage
  const send = async (name: string, to: string) => {
    const email = { to, subject: 'Your receipt', body: 'Thank you.' }
    stage.introduce(name, await app.queue.dispatch(app.sendEmail, email))
  }
  mail.setMailbox('gone@example.com', { recipient: () => ({ code: 550, text: 'no such user here' }) })
  mail.setMailbox('busy@example.com', {
    recipient: (visit) => (visit === 1 ? { code: 451, text: 'try again later' } : undefined),
  })
  mail.setMailbox('full@example.com', { recipient: () => ({ code: 452, text: 'mailbox full' }) })
  await send('refused address', 'gone@example.com')
  await send('busy once', 'busy@example.com')
  await send('mailbox full', 'full@example.com')
}

async function dispatchDelayed(stage: Stage): Promise<void> {
  const email = { to: 'later@example.com', subject: 'Two days later', body: 'How do you like it?' }
  stage.introduce('delayed', await stage.app.queue.dispatch(stage.app.sendEmail, email, { delay: '4s' }))
}
