import { loadContender } from '../contenders/load.ts'
import { median } from '../measure/figures.ts'
import type { Setting } from '../scenario.ts'
import type { Place, Store } from '../stores/store.ts'
import type { Case, Figures, Study } from './study.ts'

export interface StudyResult {
  readonly id: Study['id']
  readonly title: string
  readonly goal: string
  readonly scale: number
  readonly rounds: number
  readonly cases: readonly CaseResult[]
}

export interface CaseResult {
  readonly title: string
  /** The median of each figure. */
  readonly figures: Figures
  /** Rate against the first case: the median of the rounds' ratios. */
  readonly ofFirst?: number
  readonly spread?: number
}

export interface StudyRun {
  readonly store: Store
  readonly rounds: number
  readonly scale: number
  tell(line: string): void
}

/** The cases take turns in every round, so that whatever else the machine does meets all of them alike. */
export async function runStudy(study: Study, run: StudyRun): Promise<StudyResult> {
  const { store, rounds, scale, tell } = run
  const places = new Map<Case, Place>()
  const figures = new Map<Case, Figures[]>(study.cases.map((one) => [one, []]))
  try {
    for (let round = 1; round <= rounds; round += 1) {
      for (const one of study.cases) {
        const place = places.get(one) ?? (await prepared(one, run))
        places.set(one, place)
        const found = await one.measure(settingOf(place, run))
        figures.get(one)!.push(found)
        tell(`  round ${round} of ${rounds}, ${one.title.padEnd(28)} ${headline(found)}`)
        if (study.freshEachRound !== true) continue
        places.delete(one)
        await place.drop()
      }
    }
  } finally {
    await Promise.all([...places.values()].map((place) => place.drop()))
  }
  const { id, title, goal } = study
  await store.settle()
  return { id, title, goal, scale, rounds, cases: study.cases.map((one) => resultOf(one, study, figures)) }
}

async function prepared(one: Case, run: StudyRun): Promise<Place> {
  const place = await run.store.create()
  try {
    await (await loadContender('goplate-postgres')).prepare(place.url)
    await one.prepare(settingOf(place, run))
    return place
  } catch (error) {
    await place.drop()
    throw error
  }
}

function settingOf({ url }: Place, { store, scale }: StudyRun): Setting {
  return { contender: 'goplate-postgres', store, url, scale }
}

function resultOf(one: Case, study: Study, figures: ReadonlyMap<Case, readonly Figures[]>): CaseResult {
  const own = figures.get(one)!
  const first = figures.get(study.cases[0]!)!
  const names = Object.keys(own[0]!)
  const middle = Object.fromEntries(names.map((name) => [name, median(own.flatMap((round) => round[name] ?? []))]))
  if (middle.jobsPerSecond === undefined) return { title: one.title, figures: middle }
  const rates = own.map((round) => round.jobsPerSecond!)
  return {
    title: one.title,
    figures: middle,
    ofFirst: median(rates.map((rate, round) => rate / first[round]!.jobsPerSecond!)),
    spread: (Math.max(...rates) - Math.min(...rates)) / middle.jobsPerSecond,
  }
}

function headline({ jobsPerSecond }: Figures): string {
  return jobsPerSecond === undefined ? 'done' : `${Math.round(jobsPerSecond).toLocaleString('en')} jobs/s`
}
