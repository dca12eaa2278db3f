import type { AppDriver } from '../../app/orm.ts'
import { wrapSettle } from './wrap-settle.ts'

/**
 * Stops its own process (SIGSTOP) at the worst moment: an outcome is decided and not yet written. Doing so here, and
 * not from outside, also keeps the process from being stopped while it holds the lock of a SQLite file.
 */
export class Freezer {
  #armed = false

  /** Stop before the next settlement. */
  arm(): void {
    this.#armed = true
  }

  wrap(driver: AppDriver): AppDriver {
    return wrapSettle(driver, async (request) => {
      if (this.#armed) {
        this.#armed = false
        process.kill(process.pid, 'SIGSTOP')
      }
      return driver.settle(request)
    })
  }
}
