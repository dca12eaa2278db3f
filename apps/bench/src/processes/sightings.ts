import type { Payload } from '../contender.ts'
import { nowUs } from '../measure/clock.ts'
import type { Seen } from './role-messages.ts'

const reportEveryUs = 5_000
const tenthUs = 100_000

/** Notes what handlers see, cheaply: it runs once per job in all contenders alike. */
export class Sightings {
  readonly #report: (handled: number) => void
  #jobs = 0
  #firstUs = 0
  #lastUs = 0
  #reportedUs = 0
  #isReporting = false
  keepsWaits = true
  readonly #waitsUs: number[] = []
  readonly #perTenth: number[] = []

  constructor(report: (handled: number) => void) {
    this.#report = report
  }

  note(payload: Payload): void {
    const now = nowUs()
    if (this.#jobs === 0) this.#firstUs = now
    this.#jobs += 1
    this.#lastUs = now
    if (this.keepsWaits) this.#waitsUs.push(now - payload.at)
    const tenth = Math.floor((now - this.#firstUs) / tenthUs)
    this.#perTenth[tenth] = (this.#perTenth[tenth] ?? 0) + 1
    this.#reportSoon(now)
  }

  seen(): Seen {
    return {
      jobs: this.#jobs,
      firstUs: this.#firstUs,
      lastUs: this.#lastUs,
      waitsUs: this.#waitsUs,
      perTenth: Array.from(this.#perTenth, (count) => count ?? 0),
    }
  }

  #reportSoon(now: number): void {
    if (this.#isReporting) return
    this.#isReporting = true
    const waitMs = Math.max(0, (this.#reportedUs + reportEveryUs - now) / 1_000)
    setTimeout(() => {
      this.#isReporting = false
      this.#reportedUs = nowUs()
      this.#report(this.#jobs)
    }, waitMs)
  }
}
