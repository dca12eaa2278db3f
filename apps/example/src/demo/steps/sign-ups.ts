import { signUp } from '../../app/sign-up.ts'
import type { Stage } from '../stage.ts'

/** The row of the user and the welcome e-mail commit together, or are gone together. */
export async function signUpPeople(stage: Stage): Promise<void> {
  const { app, narrator } = stage
  narrator.chapter(
    'People sign up: user and welcome e-mail in one transaction',
    'Three are taken in. Two are turned away, and then neither the user nor the e-mail may be left.',
  )
  for (const name of ['Ada', 'Grace', 'Edsger']) {
    const welcome = await signUp(app, { name, email: `${name.toLowerCase()}@example.com` })
    stage.introduce(`welcome ${name}`, welcome)
  }

  const banned = async () => {
    throw new Error('this name is banned')
  }
  const again = signUp(app, { name: 'Ada again', email: 'ada@example.com' })
  stage.facts['sign-up with a taken address'] = await rolledBack(stage, again)
  const mallory = signUp(app, { name: 'Mallory', email: 'mallory@example.com' }, banned)
  stage.facts['sign-up refused after the dispatch'] = await rolledBack(stage, mallory)
}

async function rolledBack(stage: Stage, attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt
    return 'committed'
  } catch (error) {
    stage.narrator.say('app', `rolled back: ${String((error as Error).message).split('\n', 1)[0]}`, 'yellow')
    return 'rolled back'
  }
}
