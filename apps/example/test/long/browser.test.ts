import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { samplePhoto } from '../../src/web/world/sample-photo.ts'
import { freshSite } from '../web/fresh-site.ts'
import { openBrowser } from './open-browser.ts'

let browser: Browser
let pictures: string

beforeAll(async () => {
  pictures = await mkdtemp(join(tmpdir(), 'example-screenshots-'))
  browser = await openBrowser()
})
afterAll(async () => {
  await browser.close()
  console.log(`Screenshots of every page: ${pictures}`)
})

it('somebody signs up, reads the mail, uploads a photo and looks at the jobs', { timeout: 120_000 }, async () => {
  const site = await freshSite()
  const page = await browser.newPage({ baseURL: site.origin })
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })

  await page.goto('/')
  await page.getByLabel('Name').fill('Ada <b>Lovelace</b>')
  await page.getByLabel('E-mail').fill('ada@example.com')
  await page.getByRole('button', { name: 'Sign up' }).click()
  await page.getByText('Welcome email queued successfully').waitFor()
  await page.locator('#latest .badge.finished').waitFor()
  await photograph(page, 'home')

  await page.getByRole('link', { name: 'Mail', exact: true }).click()
  await page.getByRole('link', { name: 'Welcome, Ada <b>Lovelace</b>!' }).waitFor()
  await photograph(page, 'mailbox')
  await page.getByRole('link', { name: 'Welcome, Ada <b>Lovelace</b>!' }).click()
  await page.getByText('Thank you for joining us.').waitFor()
  await photograph(page, 'letter')

  const file = join(pictures, 'evening.jpg')
  await writeFile(file, await samplePhoto())
  await page.getByRole('link', { name: 'Images', exact: true }).click()
  await page.getByLabel('Photo').setInputFiles(file)
  await page.getByRole('button', { name: 'Upload' }).click()
  await page.getByRole('img', { name: 'evening.jpg, resized' }).waitFor()
  await page.getByRole('img', { name: 'evening.jpg, compressed' }).waitFor()
  await photograph(page, 'images')

  for (const trial of ['A refused address', 'A delayed e-mail', 'A broken photo']) await attempt(page, trial)
  await page.getByText('tried again').first().waitFor()
  await page.locator('.timeline .badge.retried').nth(1).waitFor()
  await photograph(page, 'job-retrying')
  await attempt(page, 'A slow photo')
  await page.locator('progress').waitFor()
  await photograph(page, 'job-running')
  await page.getByRole('link', { name: 'Jobs', exact: true }).click()
  await page.getByRole('button', { name: 'Pause mail' }).click()
  await page.getByText('paused since').waitFor()
  await page.locator('.badge.failed').waitFor()
  await photograph(page, 'jobs')
  await page
    .locator('.jobs tr', { has: page.locator('.badge.running') })
    .getByRole('link')
    .click()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.locator('.headline > .badge.cancelled').waitFor()

  await page.getByRole('link', { name: 'Jobs', exact: true }).click()
  await page.getByRole('button', { name: 'Resume mail' }).click()
  await page.goto('/jobs?type=send_email&state=failed')
  await page.getByRole('link', { name: 'send_email' }).last().click()
  await page.getByRole('button', { name: 'Retry' }).click()
  await page.locator('.timeline .badge.failed').nth(1).waitFor()
  await photograph(page, 'job-failed-again')
  await page.goto('/')
  await page.getByLabel('E-mail').fill('nobody')
  await page.getByRole('button', { name: 'Sign up' }).click()
  await page.getByText('Not an e-mail address').waitFor()
  await photograph(page, 'home-refused')
  await page.goto('/nothing')
  await photograph(page, 'nothing')

  expect(faults.filter((fault) => !/status of (404|422)/.test(fault))).toEqual([])
})

/** Presses one of the home page's buttons. */
async function attempt(page: Page, name: string): Promise<void> {
  await page.goto('/')
  await page.getByRole('button', { name }).click()
  await page.waitForURL('**/jobs/*')
}

/** The whole page, wide and on a phone, by day and by night. Nothing may be wider than the window. */
async function photograph(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    for (const [device, width] of [
      ['wide', 1280],
      ['phone', 390],
    ] as const) {
      await page.setViewportSize({ width, height: 844 })
      await page.screenshot({ path: join(pictures, `${name}-${device}-${colorScheme}.png`), fullPage: true })
      const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
      expect(overflow, `${name} is wider than a ${device} window`).toBeLessThanOrEqual(0)
    }
  }
  await page.setViewportSize({ width: 1280, height: 844 })
}
