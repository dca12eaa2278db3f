/** Lets a few waiters ask, after every change, whether what they wait for has come true. */
export class Changes {
  readonly #waiters = new Set<() => void>()

  /** Something changed. */
  tell(): void {
    for (const look of [...this.#waiters]) look()
  }

  /** Resolves as soon as the condition is true, now or after a change. */
  until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve()
    return new Promise((resolve) => {
      const look = (): void => {
        if (!condition()) return
        this.#waiters.delete(look)
        resolve()
      }
      this.#waiters.add(look)
    })
  }
}
