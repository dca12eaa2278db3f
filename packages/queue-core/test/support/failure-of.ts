export function failureOf(run: () => unknown): unknown {
  try {
    run()
    return undefined
  } catch (error) {
    return error
  }
}

export function raise(error: unknown): never {
  throw error
}
