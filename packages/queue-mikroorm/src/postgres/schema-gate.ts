import { ensureCompatible } from '../schema-compatibility.ts'
import type { Executor } from './executor.ts'
import { isYes, numberOf } from './row-mapping.ts'
import { newestVersion } from './schema/versions.ts'
import { installedSchema, versionTable } from './statements/installed-schema.ts'

/**
 * Keeps this release from tables that a newer one has changed beyond what it understands. One look per driver, on the
 * connection of the first statement; after it the gate stands open and costs the reading of a field.
 */
export class SchemaGate {
  readonly #schema: string
  #open = false

  constructor(schema: string) {
    this.#schema = schema
  }

  guard(executor: Executor): Executor {
    let look: Promise<void> | undefined
    return {
      run: (...statement) => {
        if (this.#open) return executor.run(...statement)
        look ??= this.#look(executor).finally(() => (look = undefined))
        return look.then(() => executor.run(...statement))
      },
    }
  }

  /**
   * Before the statements of a transaction of the caller. The look itself fails for no reason of the schema's, so it
   * breaks no transaction; nor does it need another connection, which the caller may not leave to anyone.
   *
   * @throws SchemaError when this release may not use the tables
   */
  async pass(transaction: Executor): Promise<void> {
    if (!this.#open) await this.#look(transaction)
  }

  /** Missing tables are told by the statement that misses them, and looked for again by the next. */
  async #look(executor: Executor): Promise<void> {
    const [table] = await executor.run(versionTable, [this.#schema])
    if (table === undefined) return
    if (isYes(table.readable)) {
      const [row] = await executor.run(installedSchema, [])
      const installed = { version: numberOf(row?.version), compatibleSince: numberOf(row?.compatible_since) }
      ensureCompatible(installed, newestVersion)
    }
    this.#open = true
  }
}
