import type { DriverExpiry, DriverPausing, DriverReports } from './driver-groups.ts'

/** Makes one call of a driver, as the wrapper around it does with every verb. */
export type Observe = <T>(verb: string, size: number, work: () => Promise<T>) => Promise<T>

export function observedReports(reports: DriverReports, observe: Observe): DriverReports {
  return {
    report: (request) => observe('report', request.reports.length, () => reports.report(request)),
    lines: (request) => observe('lines', request.limit, () => reports.lines(request)),
  }
}

export function observedPausing(pausing: DriverPausing, observe: Observe): DriverPausing {
  return {
    pause: (request) => observe('pause', 1, () => pausing.pause(request)),
    resume: (request) => observe('resume', 1, () => pausing.resume(request)),
    paused: (request) => observe('paused', 0, () => pausing.paused(request)),
  }
}

export function observedExpiry(expiry: DriverExpiry, observe: Observe): DriverExpiry {
  return { expire: (request) => observe('expire', request.limit, () => expiry.expire(request)) }
}
