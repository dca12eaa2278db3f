/** What all contenders that have such a setting are given. */
export const concurrency = 100
export const prefetch = 1_000
export const batch = 500
