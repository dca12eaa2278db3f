/** The entries of a lease as rows; none where a hand left text that is no JSON, which would fail the whole statement. */
export const eachEntry = (entries: string): string =>
  `json_each(case when json_valid(${entries}) then ${entries} else '[]' end)`
