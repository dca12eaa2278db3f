// The first step of `test`, `demo` and `dev`: stops when the installation does not match the lockfile.
//
// `verifyDepsBeforeRun: install` installs before a script, but when that install fails, pnpm 12 only warns and runs the
// script all the same. So the frozen install is asked again (it takes a moment when there is nothing to do), and the
// Node.js that the workspace brings must be the one that runs. No dependencies, and nothing newer than Node.js 18.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))

const [command, ...args] = pnpm()
const install = spawnSync(command, [...args, 'install', '--frozen-lockfile'], { cwd: root, encoding: 'utf8' })
if (install.status !== 0) {
  stop(`the installation does not match pnpm-lock.yaml.\n\n${install.stdout}${install.stderr}`)
}

const wanted = `v${manifest.devDependencies.node}`
if (process.version !== wanted) {
  stop(`this is Node.js ${process.version}; the workspace brings ${wanted}: run scripts through pnpm.`)
}

/** The pnpm that runs this script, or the pinned one. */
function pnpm() {
  const running = process.env.npm_execpath ?? ''
  if (!/pnpm[^/\\]*$/.test(running)) return ['npx', '-y', manifest.packageManager]
  return /\.[cm]?js$/.test(running) ? [process.execPath, running] : [running]
}

/** @param {string} reason */
function stop(reason) {
  console.error(`check-install: ${reason}`)
  process.exit(1)
}
