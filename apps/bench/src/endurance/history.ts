import { query } from '../contenders/postgres-query.ts'

/**
 * So many jobs that finished two hours ago, as the queue would have left them, written by the server itself. Their ids
 * are below those of all jobs dispatched later.
 */
export async function makeHistory(url: string, jobs: number): Promise<void> {
  if (jobs === 0) return
  await query(
    url,
    `insert into goplate_queue.job (id, created_at, available_at, priority, max_attempts, queue, type, payload)
     select n, now() - interval '3 h', now() - interval '3 h', 0, 10, 'default', 'note',
       json_build_object('n', n, 'at', 1234567890123, 'text', 'a line of text such as jobs carry, sixty characters of it')
     from generate_series(1, ${jobs}) n`,
    `insert into goplate_queue.outcome (job, ended_at, epoch, worker, wait, duration, attempt, state, final)
     select n, now() - interval '2 h', 1, 1, 5, 1, 1, 1, true from generate_series(1, ${jobs}) n`,
    `select setval('goplate_queue.job_id', ${Math.ceil(jobs / 1_000) * 1_000 + 1_001})`,
    `vacuum (analyze, freeze) goplate_queue.job, goplate_queue.outcome`,
    'checkpoint',
  )
}

/** Waiting jobs of another type, ahead of all that is dispatched later. */
export async function putAtHead(url: string, { jobs, type }: { jobs: number; type: string }): Promise<void> {
  const at = `now() - interval '1 h'`
  await query(
    url,
    `insert into goplate_queue.job (id, available_at, priority, max_attempts, queue, type, payload)
     select n, ${at}, 0, 10, 'default', '${type}', '{"n":1}' from generate_series(1, ${jobs}) n`,
    `insert into goplate_queue.ready (queue, priority, available_at, job, type)
     select 'default', 0, j.available_at, j.id, j.type from goplate_queue.job j where j.type = '${type}'`,
    `select setval('goplate_queue.job_id', ${Math.ceil(jobs / 1_000) * 1_000 + 1_001})`,
    'vacuum (analyze) goplate_queue.job, goplate_queue.ready',
    'checkpoint',
  )
}

export async function countJobs(url: string): Promise<number> {
  const [row] = await query<{ jobs: string }>(url, 'select count(*) as jobs from goplate_queue.job')
  return Number(row?.jobs)
}
