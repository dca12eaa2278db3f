import { createServer, type AddressInfo, type Socket } from 'node:net'
import pg from 'pg'

/** Many clients over one connection to the server, which a client has for one transaction: PgBouncer's transaction mode. */
export interface TransactionPooler {
  /** The database's address, through the pooler. */
  readonly url: string
  /** The statements that were sent, in order, with the names they were prepared under. */
  readonly sent: readonly { readonly name: string; readonly text: string }[]
  close(): Promise<void>
}

/** AuthenticationOk and ReadyForQuery. */
const greeting = Buffer.from([...[82, 0, 0, 0, 8, 0, 0, 0, 0], ...[90, 0, 0, 0, 5, 73]])

export async function transactionPooler(target: string): Promise<TransactionPooler> {
  const sent: { name: string; text: string }[] = []
  const turns = new Turns(await loggedIn(target))
  const sockets = new Set<Socket>()

  const pooler = createServer({ noDelay: true }, (client) => {
    const takeMessages = messageReader()
    sockets.add(client)
    client.on('error', () => undefined)
    client.on('close', () => turns.gone(client))
    client.once('data', () => {
      client.write(greeting) // What came is the startup message.
      client.on('data', (data) => {
        for (const message of takeMessages(data)) {
          const strings = message.toString('utf8', 5).split('\0')
          if (typeOf(message) === 'Q') sent.push({ name: '', text: strings[0]! })
          if (typeOf(message) === 'P') sent.push({ name: strings[0]!, text: strings[1]! })
          if (typeOf(message) !== 'X') turns.send(client, message)
        }
      })
    })
  })
  await new Promise<void>((resolve) => pooler.listen(0, '127.0.0.1', resolve))

  const url = new URL(target)
  url.port = String((pooler.address() as AddressInfo).port)
  return {
    url: url.href,
    sent,
    close: () =>
      new Promise((resolve) => {
        for (const socket of [...sockets, turns.server]) socket.destroy()
        pooler.close(() => resolve())
      }),
  }
}

/** Whose transaction the connection to the server serves, and who waits for it. */
class Turns {
  readonly server: Socket
  #holder: Socket | undefined
  #unanswered = 0
  readonly #waiting = new Map<Socket, Buffer[]>()

  constructor(server: Socket) {
    this.server = server
    const takeMessages = messageReader()
    server.on('data', (data: Buffer) => {
      for (const message of takeMessages(data)) this.#answer(message)
    })
  }

  send(client: Socket, message: Buffer): void {
    this.#holder ??= client
    if (this.#holder === client) this.#write(message)
    else this.#waiting.set(client, [...(this.#waiting.get(client) ?? []), message])
  }

  gone(client: Socket): void {
    this.#waiting.delete(client)
    if (this.#holder === client) this.#write(Buffer.from('Q\0\0\0\rrollback\0'))
  }

  #write(message: Buffer): void {
    if ('QS'.includes(typeOf(message))) this.#unanswered++
    this.server.write(message)
  }

  #answer(message: Buffer): void {
    this.#holder?.write(message)
    if (typeOf(message) !== 'Z') return
    this.#unanswered--
    if (this.#unanswered > 0 || String.fromCharCode(message[5]!) !== 'I') return
    const [next] = this.#waiting
    this.#holder = next?.[0]
    if (next === undefined) return
    this.#waiting.delete(next[0])
    for (const waited of next[1]) this.#write(waited)
  }
}

/** The socket of a connection that `pg` has logged in, and listens to no more. */
async function loggedIn(target: string): Promise<Socket> {
  const client = new pg.Client({ connectionString: target })
  await client.connect()
  client.on('error', () => undefined)
  const { stream } = (client as unknown as { readonly connection: { readonly stream: Socket } }).connection
  return stream.removeAllListeners('data')
}

/** Cuts what arrives into messages: a letter, a length that counts itself, and so on. */
function messageReader(): (data: Buffer) => Buffer[] {
  let rest = Buffer.alloc(0)
  return (data) => {
    rest = Buffer.concat([rest, data])
    const messages: Buffer[] = []
    while (rest.length >= 5 && rest.length > rest.readInt32BE(1)) {
      const end = rest.readInt32BE(1) + 1
      messages.push(rest.subarray(0, end))
      rest = rest.subarray(end)
    }
    return messages
  }
}

function typeOf(message: Buffer): string {
  return String.fromCharCode(message[0]!)
}
