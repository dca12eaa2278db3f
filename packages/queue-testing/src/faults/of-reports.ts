import type { DriverReports } from '@goplate/queue-core'
import { fault, type Fault } from './fault.ts'

/** Defects of progress and log lines. */
export const reportFaults: readonly Fault[] = [
  reporting('report/keeps-what-was-told', 'keeps the first progress', (right) => {
    const told = new Set<string>()
    return {
      report: (request) => {
        const reports = request.reports.map(({ percent, ...rest }) => {
          const isFirst = !told.has(rest.claim.jobId)
          told.add(rest.claim.jobId)
          return percent !== undefined && isFirst ? { ...rest, percent } : rest
        })
        return right.report({ ...request, reports })
      },
    }
  }),
  reporting('report/keeps-what-was-told', 'starts every page at the first line', (right) => ({
    lines: (request) => right.lines({ ...request, after: 0 }),
  })),
  reporting('report/keeps-what-was-told', 'tells only of the last attempt', (right) => ({
    lines: async (request) => {
      const lines = await right.lines(request)
      return lines.filter(({ epoch }) => epoch === lines.at(-1)?.epoch)
    },
  })),
  fault('report/repeat-writes-nothing-twice', 'appends every line it is told', (right, database) => ({
    reports: {
      lines: (request) => right.reports!.lines(request),
      report: async (request) => {
        await right.reports!.report(request)
        database.run({}, (ledger) => {
          for (const [id, lines] of ledger.lines) ledger.lines.set(id, [...lines, lines[0]!])
        })
      },
    },
  })),
  fault('report/needs-the-claim', 'keeps reports by the id of the job', (right, database) => ({
    reports: {
      lines: (request) => right.reports!.lines(request),
      report: async (request) => {
        await right.reports!.report(request)
        database.run({}, (ledger) => {
          for (const { claim, percent } of request.reports)
            if (percent !== undefined) ledger.progress.set(claim.jobId, percent)
        })
      },
    },
  })),
  fault('report/goes-with-the-job', 'leaves the lines of a removed job', (right, database) => ({
    remove: async (request) => {
      const { lines } = database.snapshot().ledger
      const verdicts = await right.remove(request)
      database.run({}, (ledger) => (ledger.lines = lines))
      return verdicts
    },
  })),
]

function reporting(
  rule: Fault['rule'],
  defect: string,
  broken: (right: DriverReports) => Partial<DriverReports>,
): Fault {
  return fault(rule, defect, ({ reports }) => ({ reports: { ...reports!, ...broken(reports!) } }))
}
