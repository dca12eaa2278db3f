import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('../src/demo.ts', import.meta.url))

export interface DemoRun {
  readonly code: number
  readonly output: string
}

/** Runs the demo as `pnpm demo` does, in a process of its own. */
export function runDemo(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<DemoRun> {
  const env = { ...process.env, GOPLATE_DEMO_SABOTAGE: '', ...environment }
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [script, ...args], { env }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr })
    })
  })
}
