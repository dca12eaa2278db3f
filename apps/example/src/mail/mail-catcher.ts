import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { SMTPServer, type SMTPServerAddress } from 'smtp-server'

/** What the server says to a client; undefined accepts. */
export type Reply = { readonly code: number; readonly text: string } | undefined
type Answer = (visit: number) => Reply | Promise<Reply>

/** How one address behaves, asked with the number of the visit, from 1. Absent: it accepts everything. */
export interface Mailbox {
  /** Asked when the address is named. */
  readonly recipient?: Answer
  /** Asked when the message is there and counts as received, before the client is told so. */
  readonly message?: Answer
}

/** Does something with a message, in its form on the wire, before the client is told that it was taken. */
type Keep = (message: Buffer) => Promise<void>

/** A real SMTP server on loopback that counts what it receives. It is down until it is started. */
export class MailCatcher {
  readonly port: number
  readonly #keepMessage: Keep
  readonly #mailboxes = new Map<string, Mailbox>()
  readonly #visits = new Map<string, number>()
  readonly #received = new Map<string, number>()
  #server: SMTPServer | undefined

  private constructor(port: number, keep: Keep) {
    this.port = port
    this.#keepMessage = keep
  }

  static async down(keep: Keep = async () => {}): Promise<MailCatcher> {
    const probe = createServer().listen(0, '127.0.0.1')
    await once(probe, 'listening')
    const { port } = probe.address() as AddressInfo
    probe.close()
    await once(probe, 'close')
    return new MailCatcher(port, keep)
  }

  setMailbox(address: string, mailbox: Mailbox): void {
    this.#mailboxes.set(address, mailbox)
  }

  /** How many messages each address received. */
  get received(): ReadonlyMap<string, number> {
    return this.#received
  }

  get isUp(): boolean {
    return this.#server !== undefined
  }

  async start(): Promise<void> {
    if (this.#server !== undefined) return
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      disableReverseLookup: true,
      closeTimeout: 1000,
      onRcptTo: ({ address }, _session, callback) => answer(this.#greet(address), callback),
      onData: (stream, session, callback) => {
        answer(
          buffer(stream).then((message) => this.#keep(session.envelope.rcptTo, message)),
          callback,
        )
      },
    })
    // A client that was killed resets its connection.
    server.on('error', () => {})
    this.#server = server
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve))
  }

  async stop(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (server !== undefined) await new Promise<void>((resolve) => server.close(resolve))
  }

  async #greet(address: string): Promise<Reply> {
    const visit = (this.#visits.get(address) ?? 0) + 1
    this.#visits.set(address, visit)
    return this.#mailboxes.get(address)?.recipient?.(visit)
  }

  async #keep(recipients: readonly SMTPServerAddress[], message: Buffer): Promise<Reply> {
    await this.#keepMessage(message)
    for (const { address } of recipients) {
      this.#received.set(address, (this.#received.get(address) ?? 0) + 1)
      const reply = await this.#mailboxes.get(address)?.message?.(this.#visits.get(address) ?? 0)
      if (reply !== undefined) return reply
    }
    return undefined
  }
}

function answer(reply: Promise<Reply>, callback: (error?: Error | null) => void): void {
  reply.then((refused) => {
    if (refused === undefined) callback()
    else callback(Object.assign(new Error(refused.text), { responseCode: refused.code }))
  }, callback)
}
