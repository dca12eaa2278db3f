const maxLength = 200

/** A path into a payload as people write it: `$.users[0]["first name"]`. The middle of a long one is left out. */
export function jsonPath(keys: readonly PropertyKey[]): string {
  const path = keys.reduce<string>((before, key) => before + step(key), '$')
  return path.length <= maxLength ? path : `${path.slice(0, maxLength / 2)}…${path.slice(-maxLength / 2)}`
}

function step(key: PropertyKey): string {
  if (typeof key === 'number') return `[${key}]`
  if (typeof key === 'symbol') return `[${String(key)}]`
  return /^[A-Za-z_$][\w$]{0,63}$/.test(key) ? `.${key}` : `[${JSON.stringify(key.slice(0, 64))}]`
}
