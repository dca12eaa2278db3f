import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { parseDuration } from '../../packages/queue-core/src/duration.ts'
import { registerJobs } from '../../packages/queue-core/src/job-registry.ts'
import { newJobRecord } from '../../packages/queue-core/src/queue/new-job-record.ts'
import { retentionOf } from '../../packages/queue-core/src/worker/retention-options.ts'
import { systemRandom } from '../../packages/queue-core/src/system-random.ts'
import { workerSettings } from '../../packages/queue-core/src/worker/worker-options.ts'
import type { WorkerOptions } from '../../packages/queue-core/src/worker/worker-options.ts'
import { root } from '../packaging/packages.ts'

const handle = () => undefined
const many = { type: 'many', handleMany: handle }
const jobs = registerJobs([{ type: 'greet', handle }, many as never], systemRandom)
const job = jobs.get('greet')!
const batch = jobs.get('many')!.many!
const record = await newJobRecord(job, {}, { unique: { key: 'k' } })
const retention = retentionOf(undefined)!

/** The options of a worker that was given nothing else. */
export function workerDefaults(options: WorkerOptions = {}, fromOtherProcesses = true): Record<string, unknown> {
  const { concurrency, prefetch, pollMs, leaseMs, stopTimeoutMs, name, scanMs } = workerSettings(options, {
    ...{ jobs, random: systemRandom },
    driver: { wakeups: { fromOtherProcesses } },
  })
  return { concurrency, prefetch, pollInterval: pollMs, lease: leaseMs, stopTimeout: stopTimeoutMs, name, scanMs }
}

/** What is so in truth, by heading and option; durations in milliseconds. */
export const trueDefaults: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'defineJob(options)': {
    ...{ queue: job.queue, maxAttempts: job.maxAttempts, timeout: job.timeoutMs },
    ...{ maxCrashes: job.maxCrashes, priority: job.priority },
  },
  BatchOptions: { max: batch.max, wait: batch.waitMs },
  'DispatchOptions.unique': { onConflict: record.unique!.onConflict },
  WorkerOptions: workerDefaults(),
  QueueSettings: {
    weight: workerSettings({ queues: { default: {} } }, { jobs, random: systemRandom, driver: {} }).queues[0]!.weight,
  },
  RetentionOptions: {
    finished: retention.finishedMs,
    failed: retention.failedMs,
    cancelled: retention.cancelledMs,
  },
}

/** A default that is stated as a literal and nothing else, durations in milliseconds. */
export function literalOf(defaultText: string): { readonly value: unknown; readonly source: string } | undefined {
  const [, source] = /^`(\d+|true|false|'[^']+')`/.exec(defaultText) ?? []
  if (source === undefined) return undefined
  if (!source.startsWith("'")) return { value: JSON.parse(source), source }
  const text = source.slice(1, -1)
  return { value: /^\d+(ms|s|m|h|d)$/.test(text) ? parseDuration(text, 'default') : text, source }
}

/** `option = literal`, `option ?? literal` and `option === true` of all sources, as `option literal`. */
export function literalsInSources(): ReadonlySet<string> {
  const files = globSync('packages/queue-*/src/**/*.ts', { cwd: root, exclude: ['**/*.test.ts'] })
  const constants = new Map<string, string>()
  const found: [option: string, value: string][] = []
  for (const file of files) {
    const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true)
    visit(source, (node) => {
      if (ts.isVariableDeclaration(node) && node.initializer) {
        constants.set(node.name.getText(), node.initializer.getText())
      }
      const given = defaultIn(node)
      if (given !== undefined) found.push(given)
    })
  }
  const plain = (text: string) => text.replace(/(?<=\d)_(?=\d)/g, '')
  return new Set(found.map(([option, value]) => `${option} ${plain(constants.get(value) ?? value)}`))
}

function defaultIn(node: ts.Node): [option: string, value: string] | undefined {
  if (ts.isBindingElement(node) && node.initializer) {
    return [(node.propertyName ?? node.name).getText(), node.initializer.getText()]
  }
  if (!ts.isBinaryExpression(node)) return undefined
  const { left, right, operatorToken } = node
  const option = ts.isPropertyAccessExpression(left) ? left.name.getText() : left.getText()
  if (operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken) return [option, right.getText()]
  // An option that counts only when it is true is false by default.
  const isTrue = operatorToken.kind === ts.SyntaxKind.EqualsEqualsEqualsToken && right.getText() === 'true'
  return isTrue ? [option, 'false'] : undefined
}

function visit(node: ts.Node, each: (node: ts.Node) => void): void {
  each(node)
  ts.forEachChild(node, (child) => visit(child, each))
}
