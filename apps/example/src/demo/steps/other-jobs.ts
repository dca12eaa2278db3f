import { defineJob, InvalidPayloadError, Queue, type JobId } from '@goplate/queue-core'
import { z } from 'zod'
import type { ImagePayload } from '../../jobs/process-image.ts'
import { openDatabase } from '../../app/orm.ts'
import type { AppSettings } from '../../app/settings.ts'
import { allJobs } from '../verdict/observe.ts'
import type { Stage } from '../stage.ts'

/** Images: two that work, one whose photo is not there at first, one of an unknown kind, one asked for twice. */
export async function dispatchImages(stage: Stage): Promise<void> {
  const { app, photos, narrator } = stage
  narrator.chapter('Images are to be processed', 'There is no worker yet: jobs wait in the database.')
  const image = (name: string, payload: Pick<ImagePayload, 'imageUrl' | 'processType'>) =>
    app.queue.dispatch(app.processImage, { userId: 1, ...payload }).then((job) => stage.introduce(name, job))

  const beach = await photos.take('beach.jpg')
  await image('resize beach', { imageUrl: beach, processType: 'resize' })
  await image('compress beach', { imageUrl: beach, processType: 'compress' })
  const flaky = await photos.take('flaky.jpg', (visit) => (visit === 1 ? 503 : undefined))
  await image('photo not there yet', { imageUrl: flaky, processType: 'resize' })
  await image('unknown process type', { imageUrl: beach, processType: 'rotate' as 'resize' })
  await dispatchTwice(stage)
}

async function dispatchTwice(stage: Stage): Promise<void> {
  const { app, photos, narrator } = stage
  const payload = { imageUrl: await photos.take('portrait.jpg'), userId: 1, processType: 'compress' } as const
  const unique = { key: payload.imageUrl }
  const id = stage.introduce('unique key', await app.queue.dispatch(app.processImage, payload, { unique }))
  const second = await app.queue.dispatch(app.processImage, payload, { unique })
  stage.facts['second dispatch with a held unique key'] =
    second.created || second.id !== id ? 'made a job of its own' : 'answered with the job that holds it'
  narrator.say('app', 'asked for the same once more: the job that holds the key was returned')
}

/** Two payloads that do not validate: one is refused here, the other was stored by a version with another schema. */
export async function dispatchInvalid(stage: Stage, settings: AppSettings): Promise<void> {
  const { app, narrator } = stage
  narrator.chapter(
    'Payloads that do not validate',
    'One is refused by the dispatch. One was stored by an older version, and must fail before its handler runs.',
  )
  const before = await allJobs(stage)
  const refusal: unknown = await app.queue
    .dispatch(app.sendEmail, { to: 'nobody', subject: 'Hello', body: '' })
    .catch((error: unknown) => error)
  const refused = InvalidPayloadError.isInstance(refusal)
  stage.facts['dispatch of an invalid payload'] = refused ? 'refused' : 'accepted'
  stage.facts['jobs stored by that dispatch'] = (await allJobs(stage)).length - before.length
  if (refused) narrator.say('app', refusal.message, 'yellow')
  stage.cast.set('from the previous version', await dispatchAsPreviousVersion(settings))
  narrator.say('app, version 1', 'dispatched send_email with a payload that version 2 does not know')
}

async function dispatchAsPreviousVersion(settings: AppSettings): Promise<JobId> {
  const { orm, driver } = await openDatabase(settings.database)
  const payload = z.object({ address: z.string(), text: z.string() })
  const sendEmail = defineJob({ type: 'send_email', queue: 'mail', payload })
  const queue = new Queue({ driver, jobs: [sendEmail] })
  const { id } = await queue.dispatch(sendEmail, { address: 'old@example.com', text: 'from version 1' })
  await queue.close()
  await orm.close()
  return id
}
