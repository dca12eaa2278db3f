import { describe, expect, it, vi } from 'vitest'
import { EventEmitter } from './event-emitter.ts'

interface Events {
  opened: { readonly id: number }
  closed: { readonly id: number; readonly reason: string }
}

const emitter = (onListenerError = vi.fn()) => ({ events: new EventEmitter<Events>(onListenerError), onListenerError })

describe('EventEmitter', () => {
  it('calls the listeners of the name, in the order they came', () => {
    const { events } = emitter()
    const calls: string[] = []
    events.on('opened', ({ id }) => calls.push(`first ${id}`))
    events.on('opened', ({ id }) => calls.push(`second ${id}`))
    events.on('closed', () => calls.push('closed'))
    events.emit('opened', { id: 7 })
    expect(calls).toEqual(['first 7', 'second 7'])
  })

  it('calls nobody for an event without listeners', () => {
    const { events, onListenerError } = emitter()
    events.emit('opened', { id: 1 })
    expect(onListenerError).not.toHaveBeenCalled()
  })

  it('stops calling a listener that ended its subscription, also twice', () => {
    const { events } = emitter()
    const listener = vi.fn()
    const end = events.on('opened', listener)
    end()
    end()
    events.emit('opened', { id: 1 })
    expect(listener).not.toHaveBeenCalled()
  })

  it('takes listeners that come and go while it calls', () => {
    const { events } = emitter()
    const late = vi.fn()
    const end = events.on('opened', () => {
      end()
      events.on('opened', late)
    })
    const steady = vi.fn()
    events.on('opened', steady)
    events.emit('opened', { id: 1 })
    expect([late, steady].map((listener) => listener.mock.calls.length)).toEqual([0, 1])
    events.emit('opened', { id: 2 })
    expect([late, steady].map((listener) => listener.mock.calls.length)).toEqual([1, 2])
  })

  it('tells observers of every event, after the listeners', () => {
    const { events } = emitter()
    const calls: unknown[] = []
    const end = events.observe((name, payload) => calls.push([name, payload]))
    events.on('opened', () => calls.push('listener'))
    events.emit('opened', { id: 1 })
    events.emit('closed', { id: 1, reason: 'x' })
    end()
    events.emit('opened', { id: 2 })
    expect(calls).toEqual(['listener', ['opened', { id: 1 }], ['closed', { id: 1, reason: 'x' }], 'listener'])
  })

  it('keeps the errors of listeners and observers from everyone else', () => {
    const { events, onListenerError } = emitter()
    const error = new Error('x')
    const other = vi.fn()
    events.on('opened', () => {
      throw error
    })
    events.observe(() => {
      throw error
    })
    events.on('opened', other)
    events.emit('opened', { id: 1 })
    expect(other).toHaveBeenCalledOnce()
    expect(onListenerError.mock.calls).toEqual([
      [error, 'opened'],
      [error, 'opened'],
    ])
  })

  it('takes a rejected promise of a listener for an error', async () => {
    const error = new Error('x')
    const told = new Promise((resolve) => {
      const { events } = emitter(vi.fn((...call: unknown[]) => resolve(call)))
      events.on('opened', (): unknown => Promise.reject(error))
      events.emit('opened', { id: 1 })
    })
    expect(await told).toEqual([error, 'opened'])
  })
})
