import type { BenchOptions } from './command-line.ts'
import { loadContender } from './contenders/load.ts'
import { describeMachine, describeVersions, commitOf } from './describe-run.ts'
import type { Results } from './results.ts'
import { runRounds, type Entrant } from './run-rounds.ts'
import { openStores } from './stores/stores.ts'

/** Ours, its peers and hand-written SQL, side by side. `tell` is given lines of progress. */
export async function bench(options: BenchOptions, tell: (line: string) => void): Promise<Results> {
  const contenders = await Promise.all(options.contenders.map(loadContender))
  const stores = await openStores(new Set(contenders.map(({ store }) => store)))
  const entrants: Entrant[] = contenders.flatMap((contender) => {
    const store = stores.get(contender.store)
    return store === undefined ? [] : [{ contender, store }]
  })
  const leftOut = contenders.filter(({ store }) => !stores.has(store)).map(({ id }) => id)
  for (const contender of leftOut) tell(`${contender} is left out: this machine has no redis-server`)
  try {
    return {
      at: new Date().toISOString(),
      commit: commitOf(),
      command: `pnpm bench ${options.said}`.trim(),
      machine: describeMachine(),
      versions: describeVersions(stores),
      contenders: entrants.map(({ contender: { id, title, store, history, setup } }) => ({
        ...{ id, title, store, history, setup },
      })),
      leftOut: leftOut.map((contender) => ({ contender, reason: 'the machine has no redis-server' })),
      results: await runRounds(options, entrants, tell),
    }
  } finally {
    await Promise.all([...stores.values()].map((store) => store.stop()))
  }
}
