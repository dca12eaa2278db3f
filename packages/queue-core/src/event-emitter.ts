type Listener<Payload> = (payload: Payload) => void

/**
 * Events by name, with typed payloads. A listener that throws, or returns a promise that rejects, harms neither the
 * emitter nor the other listeners: its error goes to `onListenerError`.
 */
export class EventEmitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>()
  readonly #observers = new Set<(name: keyof Events, payload: unknown) => void>()
  readonly #onListenerError: (error: unknown, name: keyof Events) => void

  constructor(onListenerError: (error: unknown, name: keyof Events) => void) {
    this.#onListenerError = onListenerError
  }

  /** Returns the function that ends the subscription. */
  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners)
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }

  /** Calls `observer` for every event, after the listeners of its name. */
  observe(observer: (name: keyof Events, payload: unknown) => void): () => void {
    this.#observers.add(observer)
    return () => void this.#observers.delete(observer)
  }

  emit<Name extends keyof Events>(name: Name, payload: Events[Name]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) {
      this.#guard(name, () => (listener as Listener<Events[Name]>)(payload))
    }
    for (const observer of [...this.#observers]) this.#guard(name, () => observer(name, payload))
  }

  #guard(name: keyof Events, call: () => unknown): void {
    try {
      const returned = call()
      if (returned instanceof Promise) returned.catch((error: unknown) => this.#onListenerError(error, name))
    } catch (error) {
      this.#onListenerError(error, name)
    }
  }
}
