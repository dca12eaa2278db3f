import type { Sql } from '../session.ts'

/** The last row of a full step of the promotion: up to here the rows were copied. */
export const lastOfPromotion: Sql<{ at: number; job: number }, [copied: number]> = ({ later }) => `
  select available_at as at, job from ${later} order by available_at, job limit 1 offset ? - 1`
