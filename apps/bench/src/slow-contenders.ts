import type { ContenderId } from './contender.ts'

/**
 * What part of the jobs a slow contender is given, so that the whole does not wait for it. Its rate does not depend on
 * the number: each handles jobs one by one.
 */
const shares: { readonly [Id in ContenderId]?: number } = {
  'graphile-worker-default': 0.1,
  'pg-boss-single': 0.01,
  sidequest: 0.05,
  plainjob: 0.4,
  liteque: 0.1,
}

export function shareOf(contender: ContenderId): number {
  return shares[contender] ?? 1
}
