export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** `is<Equal<A, B>>()` compiles if and only if A and B are the same type. */
export declare function is<_T extends true>(): void
