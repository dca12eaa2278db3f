import type { PayloadIssue } from '../errors.ts'
import { jsonPath } from './json-path.ts'
import type { SchemaIssue, StandardSchemaV1 } from './standard-schema.ts'

const maxIssues = 20
const maxMessageLength = 500

/**
 * Runs the schema; `value` is its output. Never throws: a schema that throws, rejects or answers nonsense is one issue.
 */
export async function validatePayload(
  schema: StandardSchemaV1,
  value: unknown,
): Promise<{ readonly value: unknown } | { readonly issues: readonly PayloadIssue[] }> {
  try {
    const result = await schema['~standard'].validate(value)
    if (result.issues === undefined) return { value: result.value }
    const issues = Array.from(result.issues).slice(0, maxIssues).map(payloadIssue)
    return { issues: issues.length > 0 ? issues : [{ path: '$', message: 'the schema refused it without a reason' }] }
  } catch (error) {
    return { issues: [{ path: '$', message: `the schema threw an error: ${messageOf(error)}` }] }
  }
}

function payloadIssue(issue: SchemaIssue): PayloadIssue {
  const keys = (issue.path ?? []).map((step) => (typeof step === 'object' ? step.key : step))
  return { path: jsonPath(keys), message: String(issue.message).slice(0, maxMessageLength) }
}

function messageOf(error: unknown): string {
  try {
    return String(error).slice(0, maxMessageLength)
  } catch {
    return 'of an unreadable kind'
  }
}
