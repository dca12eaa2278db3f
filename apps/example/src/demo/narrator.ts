import { styleText } from 'node:util'

type Style = 'green' | 'red' | 'yellow' | 'cyan' | 'dim' | 'bold'

/** Prints what happens, with the seconds since the start; colours only for a person's terminal. */
export class Narrator {
  readonly #started = performance.now()

  /** Begins a part of the story; `moral` says what must come of it, and why. */
  chapter(title: string, moral?: string): void {
    console.log(`\n${paint('bold', title)}`)
    if (moral !== undefined) console.log(paint('dim', moral))
  }

  say(who: string, what: string, style?: Style): void {
    const line = `${who.padEnd(16)} ${what}`
    console.log(`${paint('dim', this.#clock())}  ${style === undefined ? line : paint(style, line)}`)
  }

  get seconds(): number {
    return (performance.now() - this.#started) / 1000
  }

  #clock(): string {
    return `${this.seconds.toFixed(1).padStart(6)} s`
  }
}

/** Leaves the text as it is unless standard output is a terminal that wants colours. */
export function paint(style: Style, text: string): string {
  return styleText(style, text)
}
