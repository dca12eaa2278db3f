import type { Dispatched } from '@goplate/queue-core'
import type { App } from './app.ts'
import { User } from './entities/user.ts'

export interface SignUp {
  readonly name: string
  readonly email: string
}

/**
 * The user and the welcome e-mail are stored together or not at all: nobody is welcomed who has no account, and nobody
 * has one without being welcomed. `check` may still refuse the newcomer.
 */
export async function signUp(
  app: App,
  { name, email }: SignUp,
  check = async (_user: User) => {},
): Promise<Dispatched<unknown>> {
  return app.orm.em.fork().transactional(async (em) => {
    const user = em.create(User, { name, email })
    const welcome = await app.queue.dispatch(app.sendEmail, {
      to: email,
      subject: `Welcome, ${name}!`,
      body: 'Thank you for joining us.',
    })
    await em.flush()
    await check(user)
    return welcome
  })
}
