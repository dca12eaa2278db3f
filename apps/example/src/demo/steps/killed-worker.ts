import { Gate } from '../world/gate.ts'
import type { WorkerProcess } from '../workers/processes.ts'
import type { Stage } from '../stage.ts'
import { within } from '../within.ts'

/**
 * A worker dies while it works: in the middle of an image, and after an e-mail was taken by the server but before the
 * worker knew. Another takes both over. Returns the one that did.
 */
export async function killWorker(stage: Stage): Promise<WorkerProcess> {
  const { app, mail, photos, narrator } = stage
  narrator.chapter(
    'A worker is killed while it works',
    'It has a photo half downloaded, and an e-mail that the server has taken though the worker does not know it yet.\n' +
      'Both must run again elsewhere. That e-mail arrives twice: a job runs at least once.',
  )
  const victim = await stage.startWorker('two')

  const download = new Gate()
  const imageUrl = await photos.take('harbour.jpg', async (visit) => {
    if (visit === 1) await download.pass()
    return undefined
  })
  const image = { imageUrl, userId: 2, processType: 'resize' } as const
  stage.introduce('image cut off', await app.queue.dispatch(app.processImage, image))

  const reply = new Gate()
  mail.setMailbox('twice@example.com', {
    message: async (visit) => {
      if (visit === 1) await reply.pass()
      return undefined
    },
  })
  const email = { to: 'twice@example.com', subject: 'Your order', body: 'It is on its way.' }
  stage.introduce('e-mail cut off', await app.queue.dispatch(app.sendEmail, email))

  await within(30, 'worker two to download the photo', download.arrived)
  await within(30, 'worker two to hand over the e-mail', reply.arrived)
  victim.kill('SIGKILL')
  stage.facts['second worker, killed'] = await within(10, 'worker two to die', victim.exited)
  narrator.say('operator', 'killed worker two (SIGKILL): it gives nothing back, its lease must run out', 'red')
  download.open()
  reply.open()

  const heir = await stage.startWorker('three')
  await stage.ended(['image cut off', 'e-mail cut off'])
  return heir
}
