import { randomUUID } from 'node:crypto'
import { readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import PostalMime, { addressParser, type Email } from 'postal-mime'

/** One message as people read it. */
export interface Letter {
  readonly id: string
  readonly receivedAt: Date
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly text: string
}

const fileName = /^(\d{13}-[0-9a-f-]{36})\.eml$/

/** The mail that arrived: a folder of `.eml` files, which survives a restart and opens in any mail program. */
export class Mailbox {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** A message is there whole or not at all: it gets its name by a rename. */
  async keep(message: Buffer): Promise<void> {
    const file = join(this.#folder, `${Date.now()}-${randomUUID()}.eml`)
    await writeFile(`${file}.draft`, message)
    await rename(`${file}.draft`, file)
  }

  /** Newest first. */
  async newest(limit: number): Promise<Letter[]> {
    const letters = await Promise.all((await this.#ids()).slice(0, limit).map((id) => this.read(id)))
    return letters.filter((letter) => letter !== undefined)
  }

  async read(id: string): Promise<Letter | undefined> {
    if (!fileName.test(`${id}.eml`)) return undefined
    const raw = await readFile(join(this.#folder, `${id}.eml`)).catch(() => undefined)
    if (raw === undefined) return undefined
    const email = await PostalMime.parse(raw)
    return {
      id,
      receivedAt: new Date(Number(id.slice(0, 13))),
      from: addresses(email, 'from'),
      to: addresses(email, 'to'),
      subject: email.subject ?? '(no subject)',
      text: email.text ?? '',
    }
  }

  async #ids(): Promise<string[]> {
    const names = await readdir(this.#folder)
    const ids = names.map((name) => fileName.exec(name)?.[1]).filter((id) => id !== undefined)
    return ids.sort().reverse()
  }
}

function addresses(email: Email, header: 'from' | 'to'): string {
  const value = email.headers.find(({ key }) => key === header)?.value ?? ''
  return addressParser(value, { flatten: true })
    .map(({ address }) => address ?? '')
    .join(', ')
}
