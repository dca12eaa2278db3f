/** Where every random choice comes from: jitter, and the 128 bits that make a lease id. */
export interface Random {
  /** A number in [0, 1). */
  number(): number
  /** `length` random bytes, fit for identifiers that must not be guessed or repeated. */
  bytes(length: number): Uint8Array
}
