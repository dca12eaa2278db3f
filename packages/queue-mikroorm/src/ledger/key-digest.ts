import { createHash } from 'node:crypto'

/** Keys of any length and script become index entries of one size; the key itself stands in the job's options, for people. */
export function keyDigest(key: string): string {
  return createHash('sha256').update(key).digest('base64url')
}
