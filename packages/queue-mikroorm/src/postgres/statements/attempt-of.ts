/**
 * The number of the attempt, from how many were used up before it. Never null and never beyond its column: one entry
 * that a hand changed would fail the statement for all others.
 */
export const attemptOf = (usedBefore: string): string => `least(coalesce(${usedBefore}, 0) + 1, 32767)`
