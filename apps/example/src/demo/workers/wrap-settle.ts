import type { AppDriver } from '../../app/orm.ts'

export type Settle = AppDriver['settle']

/** The same driver, with another `settle`. */
export function wrapSettle(driver: AppDriver, settle: Settle): AppDriver {
  return new Proxy(driver, {
    get(target, key) {
      if (key === 'settle') return settle
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}
