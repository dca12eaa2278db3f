import { expect, it } from 'vitest'
import { User } from '../src/app/entities/user.ts'
import { signUp } from '../src/app/sign-up.ts'
import { freshApp } from './fresh-app.ts'

const ada = { name: 'Ada', email: 'ada@example.com' }

it('stores the user and the welcome e-mail', async () => {
  const { app } = await freshApp()
  const welcome = await signUp(app, ada)
  expect(await app.queue.find(welcome.id)).toMatchObject({ state: 'pending', payload: { to: ada.email } })
  expect(await app.orm.em.fork().count(User)).toBe(1)
})

it('stores neither when the sign-up is refused', async () => {
  const { app } = await freshApp()
  const refuse = async () => {
    throw new Error('refused')
  }
  await expect(signUp(app, ada, refuse)).rejects.toThrow('refused')
  expect((await app.queue.list()).jobs).toEqual([])
  expect(await app.orm.em.fork().count(User)).toBe(0)
})

it('stores no second e-mail when the address is taken', async () => {
  const { app } = await freshApp()
  await signUp(app, ada)
  await expect(signUp(app, ada)).rejects.toThrow()
  expect((await app.queue.list()).jobs).toHaveLength(1)
})
