import { openApp } from '../app/app.ts'
import type { AppSettings } from '../app/settings.ts'
import { compare } from './verdict/compare.ts'
import { expected } from './verdict/expected.ts'
import { makeDatabase } from './world/database.ts'
import { makeFolders, type Folders } from './world/folders.ts'
import { MailCatcher } from '../mail/mail-catcher.ts'
import { Narrator, paint } from './narrator.ts'
import { allJobs, strangersImages, strangersMail, users } from './verdict/observe.ts'
import { PhotoServer } from './world/photo-server.ts'
import { killAllWorkers } from './workers/processes.ts'
import { printDifferences, printFacts, printJobs } from './verdict/report.ts'
import { Stage } from './stage.ts'
import { runFirstWorker } from './steps/first-worker.ts'
import { killWorker } from './steps/killed-worker.ts'
import { dispatchImages, dispatchInvalid } from './steps/other-jobs.ts'
import { signUpPeople } from './steps/sign-ups.ts'
import { stopWorker } from './steps/stopped-worker.ts'
import { demoTiming, timingStory } from './timing.ts'
import { within } from './within.ts'

export interface DemoOptions {
  readonly postgres: boolean
  /** Ends the demo early; everything it made is removed all the same. */
  readonly signal: AbortSignal
}

/** Plays the whole story; true when everything came out as `expected.ts` says. */
export async function runDemo({ postgres, signal }: DemoOptions): Promise<boolean> {
  const undo: (() => Promise<void>)[] = []
  try {
    const { stage, settings, folders } = await setTheStage(postgres, undo)
    try {
      await within(120, 'the story to end', Promise.race([play(stage, settings), aborted(signal)]))
      return await judge(stage, folders)
    } catch (error) {
      stage.narrator.say('demo', `gave up: ${(error as Error).stack ?? String(error)}`, 'red')
      printJobs(stage, await allJobs(stage).catch(() => []))
      return false
    }
  } finally {
    for (const step of undo.reverse()) await step()
  }
}

/** `undo` receives what takes each part away again. */
async function setTheStage(postgres: boolean, undo: (() => Promise<void>)[]) {
  const narrator = new Narrator()
  const folders = await makeFolders()
  undo.push(() => folders.remove())
  const database = await makeDatabase(postgres, folders, narrator)
  undo.push(() => database.remove())
  const mail = await MailCatcher.down()
  undo.push(() => mail.stop())
  const photos = await PhotoServer.start(folders.photos)
  undo.push(() => photos.stop())
  const smtp = { host: '127.0.0.1', port: mail.port }
  const settings = { database: database.settings, smtp, imageFolder: folders.images, timing: demoTiming }
  const app = await openApp(settings)
  undo.push(() => app.close())
  undo.push(killAllWorkers)
  for (const line of timingStory) narrator.say('demo', line)
  announceSabotage(narrator)
  return { stage: new Stage({ app, mail, photos, narrator, settings }), settings, folders }
}

async function play(stage: Stage, settings: AppSettings): Promise<void> {
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
  const differences = await compare(expected, { ...stage, received: stage.mail.received, folders }, jobs)
  printJobs(stage, jobs, { expected, differences })
  if (differences.length > 0) {
    printDifferences(stage, differences)
    return false
  }
  printFacts(stage)
  const duration = `${stage.narrator.seconds.toFixed(0)} s`
  console.log(paint('green', `\nEverything came out as it should, in ${duration}: ${jobs.length} jobs.`))
  console.log('Would it notice? GOPLATE_DEMO_SABOTAGE=fence lets a stale worker decide: that run must fail.')
  return true
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('interrupted')))
  })
}

function announceSabotage(narrator: Narrator): void {
  const kind = process.env.GOPLATE_DEMO_SABOTAGE
  if (kind) narrator.say('demo', `GOPLATE_DEMO_SABOTAGE=${kind}: workers are sabotaged, this run must fail`, 'red')
}
