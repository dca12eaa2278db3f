import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { Listener, type ListenerTiming } from './listener.ts'
import type { NativeClient, NativeQuery } from './native-client.ts'

const timing: ListenerTiming = { heartbeatMs: 1, patienceMs: 20, pauseMs: 1, maxPauseMs: 1, partingMs: 20 }

/** A server's side of a connection that can go deaf or dumb. */
class FakeClient extends EventEmitter implements NativeClient {
  readonly connection = { stream: { destroy: () => void (this.destroyed = true) } }
  destroyed = false
  isRegistered = true
  answers = true
  connect = async () => undefined
  end = async () => undefined

  async query(query: NativeQuery | string) {
    if (!this.answers) await new Promise(() => undefined)
    if (typeof query === 'object' && this.isRegistered) {
      const [channel, payload] = query.values as string[]
      this.emit('notification', { channel, payload })
    }
    return { rows: [] }
  }
}

function listenerOn(opened: FakeClient[]) {
  let ring: () => void = () => undefined
  let times = 0
  const messages: string[] = []
  const listener = new Listener({
    ...{ channel: 'channel', timing, onMessage: (payload) => void messages.push(payload) },
    async open() {
      const client = new FakeClient()
      opened.push(client)
      return client
    },
    onListening() {
      times++
      ring()
    },
  })
  const listened = async (count: number) => {
    while (times < count) await new Promise<void>((resolve) => (ring = resolve))
  }
  return { listener, messages, listened }
}

it.each([
  ['its registration got lost', (client: FakeClient) => void (client.isRegistered = false)],
  ['it is half open', (client: FakeClient) => void (client.answers = false)],
  ['it ended', (client: FakeClient) => void client.emit('end')],
  ['it failed', (client: FakeClient) => void client.emit('error')],
])('connects again when %s', async (_what, breakIt) => {
  const opened: FakeClient[] = []
  const { listener, listened } = listenerOn(opened)
  listener.start()
  await listened(1)
  breakIt(opened[0]!)
  await listened(2)
  await listener.stop()
  expect(opened.every(({ destroyed }) => destroyed)).toBe(true)
})

it('hands on what others say in its channel, and keeps heartbeats to itself', async () => {
  const opened: FakeClient[] = []
  const { listener, messages, listened } = listenerOn(opened)
  listener.start()
  await listened(1)
  opened[0]!.emit('notification', { channel: 'another', payload: 'no' })
  opened[0]!.emit('notification', { channel: 'channel', payload: '!of another listener' })
  opened[0]!.emit('notification', { channel: 'channel', payload: 'yes' })
  await listener.stop()
  expect(messages).toEqual(['yes'])
})

it('starting twice is one connection; it can be started again at once after it was stopped', async () => {
  const opened: FakeClient[] = []
  const { listener, listened } = listenerOn(opened)
  listener.start()
  listener.start()
  await listened(1)
  void listener.stop()
  listener.start()
  await listened(2)
  await listener.stop()
  await listener.stop()
  expect(opened).toHaveLength(2)
})

it('stopping does not wait for a server that never lets it in', async () => {
  const opening = Promise.withResolvers<FakeClient>()
  const asked = Promise.withResolvers<void>()
  const listener = new Listener({
    ...{ channel: 'channel', timing, onMessage: () => undefined, onListening: () => undefined },
    open() {
      asked.resolve()
      return opening.promise
    },
  })
  listener.start()
  await asked.promise
  await listener.stop()
  const late = new FakeClient()
  opening.resolve(late)
  await listener.stop()
  expect(late.destroyed).toBe(true)
})
