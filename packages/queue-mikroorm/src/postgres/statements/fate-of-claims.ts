import type { Statement } from '../statement.ts'

/** Asked only about settlements that did not apply: does the claim stand, and was its epoch settled by a worker? */
export const fateOfClaims: Statement = {
  name: 'fate_of_claims',
  parameters: 4,
  text: (q) => `
select said.place, l.id is not null as stands, o.job is not null as settled
from unnest($1::uuid[], $2::int[], $3::bigint[], $4::int[]) with ordinality as said (lease, position, job, epoch, place)
left join lateral (
  select id
  from ${q.lease}
  where id = said.lease and jobs[said.position] = said.job and epochs[said.position] = said.epoch
  limit 1
) l on true
left join lateral (
  select job from ${q.outcome} where job = said.job and epoch = said.epoch and duration is not null limit 1
) o on true`,
}
