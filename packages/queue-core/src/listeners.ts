/** Functions to call when something happened. One that throws harms neither the others nor whoever tells of it. */
export class Listeners<Facts extends readonly unknown[] = []> {
  readonly #listeners = new Set<(...facts: Facts) => void>()

  /** Returns the end of it. The same function may be added several times. */
  add(listener: (...facts: Facts) => void): () => void {
    const own = (...facts: Facts): void => listener(...facts)
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  tell(...facts: Facts): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(...facts)
      } catch {
        // What it was told is a hint: it finds out later by itself.
      }
    }
  }
}
