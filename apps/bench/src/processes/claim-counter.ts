/** Counts our own claims by the name of their statement. The first row of their answer is no job. */
export class ClaimCounter {
  #claims = 0
  #emptyClaims = 0

  begin(): void {
    this.#claims = 0
    this.#emptyClaims = 0
  }

  /** Gives `answer` back as it is. */
  watch(query: unknown, answer: unknown): unknown {
    if (!isClaim(query) || !(answer instanceof Promise)) return answer
    this.#claims += 1
    return answer.then((result: { rows: readonly unknown[] }) => {
      if (result.rows.length <= 1) this.#emptyClaims += 1
      return result
    })
  }

  seen(): { claims: number; emptyClaims: number } {
    return { claims: this.#claims, emptyClaims: this.#emptyClaims }
  }
}

function isClaim(query: unknown): boolean {
  const name = (query as { name?: string } | undefined)?.name
  return name === 'goplate_queue_claim_jobs' || name === 'goplate_queue_claim_solo_job'
}
