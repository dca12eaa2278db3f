import type { Results } from '../results.ts'

/** What a reader must know to judge the figures. */
export function runFacts(results: Results): { readonly name: string; readonly value: string }[] {
  const { machine, versions } = results
  return [
    { name: 'Measured', value: results.at.slice(0, 10) },
    { name: 'Machine', value: `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}` },
    {
      name: 'Versions',
      value: Object.entries(versions)
        .map((entry) => entry.join(' '))
        .join(', '),
    },
    { name: 'Commit', value: results.commit },
    { name: 'Command', value: results.command },
  ]
}

export const howToRead =
  'Medians of the rounds; the spread is (largest − smallest) ÷ median of the rate. Clients, database and everything else ' +
  'share the cores of one machine, so only ratios within one table mean anything; in the last column above 1 means that ours is ahead. Handlers do nothing. "kept" is a ' +
  'contender whose finished jobs can still be looked up, "deleted" one that removes them and so does less.'
