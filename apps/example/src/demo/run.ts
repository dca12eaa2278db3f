import { openApp } from '../app/app.ts'
import { compare } from './verdict/compare.ts'
import { expected } from './verdict/expected.ts'
import { makeDatabase } from './world/database.ts'
import { makeFolders, type Folders } from './world/folders.ts'
import { MailCatcher } from './world/mail-catcher.ts'
import { Narrator, paint } from './narrator.ts'
import { allJobs, strangersImages, strangersMail, users } from './verdict/observe.ts'
import { PhotoServer } from './world/photo-server.ts'
import { killAllWorkers } from './workers/processes.ts'
import { printDifferences, printJobs } from './verdict/report.ts'
import { Stage } from './stage.ts'
import { runFirstWorker } from './steps/first-worker.ts'
import { killWorker } from './steps/killed-worker.ts'
import { dispatchImages, dispatchInvalid } from './steps/other-jobs.ts'
import { signUpPeople } from './steps/sign-ups.ts'
import { stopWorker } from './steps/stopped-worker.ts'
import { demoTiming, timingStory } from './timing.ts'
import { within } from './within.ts'

/** Plays the whole story; true when everything came out as `expected.ts` says. */
export async function runDemo({ postgres }: { readonly postgres: boolean }): Promise<boolean> {
  const narrator = new Narrator()
  const folders = await makeFolders()
  const database = await makeDatabase(postgres, folders, narrator)
  const mail = await MailCatcher.down()
  const photos = await PhotoServer.start(folders.photos)
  const settings = {
    database: database.settings,
    smtp: { host: '127.0.0.1', port: mail.port },
    imageFolder: folders.images,
    timing: demoTiming,
  }
  const app = await openApp(settings)
  const stage = new Stage({ app, mail, photos, narrator, settings })
  narrator.say('demo', timingStory)
  announceSabotage(narrator)
  try {
    await within(120, 'the story to end', play(stage, settings))
    return await judge(stage, folders)
  } catch (error) {
    narrator.say('demo', `gave up: ${(error as Error).stack ?? String(error)}`, 'red')
    printJobs(stage, await allJobs(stage))
    return false
  } finally {
    killAllWorkers()
    await app.close()
    await Promise.all([mail.stop(), photos.stop()])
    await database.remove()
    await folders.remove()
  }
}

async function play(stage: Stage, settings: Parameters<typeof openApp>[0]): Promise<void> {
  await stage.app.migrate()
  await signUpPeople(stage)
  await dispatchImages(stage)
  await dispatchInvalid(stage, settings)
  await runFirstWorker(stage)
  const heir = await killWorker(stage)
  await stopWorker(stage, heir)
}

async function judge(stage: Stage, folders: Folders): Promise<boolean> {
  stage.facts['users'] = await users(stage)
  stage.facts['e-mail to anybody else'] = strangersMail(stage)
  stage.facts['image files of anybody else'] = await strangersImages(folders)
  const jobs = await allJobs(stage)
  printJobs(stage, jobs)
  const differences = await compare(expected, { ...stage, received: stage.mail.received, folders }, jobs)
  if (differences.length > 0) {
    printDifferences(stage, differences)
    return false
  }
  const facts = Object.entries(stage.facts).map(([name, value]) => `  ${name}: ${String(value)}`)
  console.log(`\n${facts.join('\n')}\n`)
  console.log(paint('green', `Everything came out as it should, in ${stage.narrator.seconds.toFixed(0)} s.`))
  return true
}

function announceSabotage(narrator: Narrator): void {
  const kind = process.env.GOPLATE_DEMO_SABOTAGE
  if (kind) narrator.say('demo', `GOPLATE_DEMO_SABOTAGE=${kind}: workers are sabotaged, this run must fail`, 'red')
}
