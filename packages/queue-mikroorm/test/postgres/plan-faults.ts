/** A node of a plan as `explain (format json)` tells it. */
export interface PlanNode {
  readonly 'Node Type': string
  readonly 'Parent Relationship'?: string
  readonly 'Relation Name'?: string
  readonly 'Index Cond'?: string
  /** The condition of a bitmap, at the node that reads the table. */
  readonly 'Recheck Cond'?: string
  readonly Plans?: readonly PlanNode[]
}

/**
 * What a plan does that grows with the backlog or with history: `reads job` for a table read from end to end, `sorts
 * ready` for one that is read by an index and put in order before anything limits it.
 */
export function faultsOf(plan: PlanNode): string[] {
  const below = (plan.Plans ?? []).flatMap(faultsOf)
  return [...new Set([...readsWhole(plan), ...sortsWhole(plan), ...below])]
}

function readsWhole(node: PlanNode): string[] {
  const table = node['Relation Name']
  return table !== undefined && isFromEndToEnd(node) ? [`reads ${table}`] : []
}

/** An index that is read without a condition is read from end to end as well. */
function isFromEndToEnd(node: PlanNode): boolean {
  const type = node['Node Type']
  return type === 'Seq Scan' || (/^(Bitmap )?Index/.test(type) && node['Index Cond'] === undefined)
}

function sortsWhole(node: PlanNode): string[] {
  if (!node['Node Type'].endsWith('Sort')) return []
  return inputsOf(node).flatMap(unlimited)
}

/** Tables whose rows come up to here in any number: all but those named by their keys. */
function unlimited(node: PlanNode): string[] {
  if (['Limit', 'ModifyTable'].includes(node['Node Type'])) return []
  const table = node['Relation Name']
  const condition = node['Index Cond'] ?? node['Recheck Cond']
  const isNamed = condition !== undefined && /\b(id|job) = /.test(condition)
  if (table !== undefined && condition !== undefined && !isNamed) return [`sorts ${table}`]
  return inputsOf(node).flatMap(unlimited)
}

/** Without the CTEs and subqueries that hang on a node: what it reads are their rows, by nodes of their own. */
function inputsOf(node: PlanNode): readonly PlanNode[] {
  return (node.Plans ?? []).filter((one) => !['InitPlan', 'SubPlan'].includes(one['Parent Relationship'] ?? ''))
}
