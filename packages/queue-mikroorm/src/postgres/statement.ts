import { sqlNames, type SqlNames } from './sql-names.ts'

/** One SQL statement. Its text is constant per schema, so that it is prepared once per connection. */
export interface Statement {
  /** Unique among the statements; the name it is prepared under. */
  readonly name: string
  /** How many parameters the text has. */
  readonly parameters: number
  /** The clock of production; `now()` unless said otherwise. */
  readonly clock?: string
  /**
   * Never prepared: a read on a connection of the application, without the settings that keep a plan made on empty
   * tables from scanning for ever.
   */
  readonly plannedEachTime?: true
  text(q: SqlNames): string
}

export interface BoundStatement {
  /** Absent when it must not be prepared. */
  readonly name?: string
  readonly text: string
  readonly values: readonly unknown[]
}

interface Texts {
  readonly plain: string
  /** Takes the time as one more parameter; the same as `plain` where time does not matter. */
  readonly timed: string
}

/** The texts of all statements for one schema. */
export class StatementTexts {
  readonly schema: string
  readonly #texts = new Map<Statement, Texts>()

  constructor(schema: string) {
    this.schema = schema
  }

  bind(statement: Statement, values: readonly unknown[], now?: number): BoundStatement {
    const { plain, timed } = this.#textsOf(statement)
    const isPlain = now === undefined || plain === timed
    const name = `goplate_queue_${statement.name}${isPlain ? '' : '_at'}`
    return {
      ...(statement.plannedEachTime !== true && { name }),
      text: isPlain ? plain : timed,
      values: isPlain ? values : [...values, now],
    }
  }

  #textsOf(statement: Statement): Texts {
    let texts = this.#texts.get(statement)
    if (texts === undefined) {
      const moment = `to_timestamp($${statement.parameters + 1}::float8 / 1000)`
      const plain = statement.text(sqlNames(this.schema, statement.clock))
      texts = { plain, timed: statement.text(sqlNames(this.schema, moment)) }
      this.#texts.set(statement, texts)
    }
    return texts
  }
}
