// eslint-disable-next-line no-control-regex -- what PostgreSQL cannot keep in a text
const unstorable = /[\u0000\p{Cs}]/gu
// eslint-disable-next-line no-control-regex -- colours of test and terminal libraries
const ansi = /\u001b\[[0-9;?]*[ -/]*[@-~]/g
// eslint-disable-next-line no-control-regex -- NUL and lone surrogates cannot be stored, the others upset terminals
const unbearable = /[\u0000-\u0008\u000b-\u001f\u007f\p{Cs}]/gu

const maxReasonBytes = 1_024

/** The words somebody gives for a decision: at most 1 KiB, and what no database could keep is replaced. */
export function storableReason(reason: string): string {
  return cut(reason.slice(0, maxReasonBytes).replace(unstorable, '\ufffd'), maxReasonBytes)
}

/** Text of unknown origin as it may be stored and shown: no control characters, at most `maxBytes` of UTF-8. */
export function cleanText(text: string, maxBytes: number): string {
  // Cut first: a message of megabytes must not be searched. A UTF-16 unit has at least one byte.
  const short = text.slice(0, maxBytes).replace(/\r\n/g, '\n').replace(ansi, '').replace(unbearable, '\ufffd')
  return cut(short, maxBytes)
}

function cut(text: string, maxBytes: number): string {
  if (text.length * 3 <= maxBytes) return text
  const { read: units, written } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes))
  return written <= maxBytes && units === text.length ? text : text.slice(0, units)
}
