import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freshSite } from '../web/fresh-site.ts'
import { openBrowser } from './open-browser.ts'

const timeout = 60_000
const email = { to: 'ada@example.com', subject: 'Hello', body: 'Hello, Ada.' }
let browser: Browser

beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser.close())

it('renews the list around a button that has the focus', { timeout }, async () => {
  const { app, origin } = await freshSite()
  const { id } = await app.queue.dispatch(app.sendEmail, email, { delay: '1h' })
  const page = await browser.newPage({ baseURL: origin })
  await page.goto('/jobs')
  await page.getByRole('button', { name: `Cancel job ${id}` }).focus()

  const other = await app.queue.dispatch(app.sendEmail, email)
  await page.locator(`#job-${other.id} .badge.finished`).waitFor()
  expect(await focused(page)).toBe(`Cancel job ${id}`)

  await app.queue.cancel(id)
  await page.getByRole('button', { name: `Retry job ${id}` }).waitFor()
  expect(await focused(page), 'another button has taken its place').toBeNull()
})

it('goes by keyboard: to the content, through the form, to what is wrong with it', { timeout }, async () => {
  const { origin } = await freshSite()
  const page = await browser.newPage({ baseURL: origin })
  await page.goto('/')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Ada')
  await page.keyboard.press('Tab')
  await page.keyboard.type('nobody')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').waitFor()
  await page.locator('input[name=email]:focus').fill('ada@example.com')
  await page.keyboard.press('Enter')
  await page.getByText('Welcome email queued successfully').waitFor()
})

it('says that the server does not answer, until it does', { timeout }, async () => {
  const { origin } = await freshSite()
  const page = await browser.newPage({ baseURL: origin })
  await page.goto('/jobs')
  await page.route('**', (route) => route.abort())
  await page.getByText('The server does not answer.').waitFor()
  await page.unroute('**')
  await page.getByText('The server does not answer.').waitFor({ state: 'hidden' })
})

it('works without JavaScript: a job is followed to its end, and run again', { timeout }, async () => {
  const { app, origin } = await freshSite()
  const context = await browser.newContext({ baseURL: origin, javaScriptEnabled: false })
  const page = await context.newPage()
  const { id } = await app.queue.dispatch(app.sendEmail, email, { delay: '2s' })
  await page.goto(`/jobs/${id}`)
  await page.locator('.headline > .badge.scheduled').waitFor()
  await page.locator('.headline > .badge.finished').waitFor()
  await page.getByRole('button', { name: 'Run again' }).click()
  await page.getByText('due again').waitFor()
})

/** What the focused button is called; null when none is. */
function focused(page: Page): Promise<string | null> {
  return page.evaluate("document.activeElement.getAttribute('aria-label')")
}
