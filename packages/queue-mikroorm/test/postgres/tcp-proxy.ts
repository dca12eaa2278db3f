import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A network between the driver and the server that can be broken on purpose. */
export interface TcpProxy {
  /** The database's address, through the proxy. */
  readonly url: string
  /** From now on nothing arrives any more, in either direction, and nobody is told. */
  swallowEverything(): void
  heal(): void
  /** Once, when the client has sent something that contains the text: the answer is lost and the connection cut. */
  cutTheAnswerTo(text: string): void
  close(): Promise<void>
}

export async function tcpProxy(target: string): Promise<TcpProxy> {
  const server = new URL(target)
  const sockets = new Set<Socket>()
  let swallow = false
  let armed: string | undefined

  const proxy = createServer((client) => {
    const upstream = connect(Number(server.port), server.hostname)
    let lost = swallow
    let cut = false
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => sockets.delete(socket))
    }
    client.on('data', (data) => {
      if ((lost ||= swallow)) return
      if (armed !== undefined && data.includes(armed)) {
        armed = undefined
        cut = true
      }
      upstream.write(data)
    })
    upstream.on('data', (data) => {
      if ((lost ||= swallow)) return
      if (!cut) return void client.write(data)
      client.destroy()
      upstream.destroy()
    })
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => lost || client.destroy())
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))

  const url = new URL(target)
  url.port = String((proxy.address() as AddressInfo).port)
  return {
    url: url.href,
    swallowEverything: () => void (swallow = true),
    heal: () => void (swallow = false),
    cutTheAnswerTo: (text) => void (armed = text),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        proxy.close(() => resolve())
      }),
  }
}
