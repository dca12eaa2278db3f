/** Microseconds of a clock that all processes of the machine share and that never jumps. */
export function nowUs(): number {
  return Number(process.hrtime.bigint() / 1_000n)
}
