import fc from 'fast-check'

export const lone = String.fromCharCode(0xd800)
export const loneLow = String.fromCharCode(0xdc00)

export function nested(levels: number): unknown {
  let value: unknown[] = []
  for (let level = 1; level < levels; level += 1) value = [value]
  return value
}

export function hostileText(): fc.Arbitrary<unknown> {
  const piece = fc.constantFrom('\0', lone, loneLow, '😀', '"', '\\', 'a', '__proto__', 'constructor', '\u2028')
  const text = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''))
  return fc.dictionary(text, fc.oneof(text, fc.constantFrom(undefined, -0, NaN)))
}
