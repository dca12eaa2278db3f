import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../packaging/packages.ts'

const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
const fileNames = sourceFiles(root)

test('every path named in ARCHITECTURE.md exists', () => {
  expect(pathsIn(text).filter((path) => find(path) === undefined)).toEqual([])
})

test('"to change X, open Y" has at least 25 rows, and each symbol is defined in its file', () => {
  const rows = tableUnder(/to change .*open/i)
  expect(rows.length).toBeGreaterThanOrEqual(25)
  expect(rows.flatMap(symbolsMissingIn)).toEqual([])
})

/** What stands in backticks outside of code blocks and looks like a path: it has a slash or ends in .ts or .js. */
function pathsIn(markdown: string): string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, '')
  return [...prose.matchAll(/`([^`\s]+)`/g)].map((match) => match[1] ?? '').filter(looksLikePath)
}

function looksLikePath(code: string): boolean {
  return !/^(@|https?:|\.\/|node:|-)|[*<>()…{}=]/.test(code) && (code.includes('/') || /\.[jt]s$/.test(code))
}

/** A path is written from the root, from a package (`queue-core/src/queue.ts`) or as its end (`worker/poller.ts`). */
function find(path: string): string | undefined {
  const wanted = path.replace(/\/$/, '')
  if (existsSync(join(root, wanted))) return wanted
  return fileNames.find((file) => `/${file}`.endsWith(`/${wanted}`))
}

/** The cells of the first table after the heading or line that matches. */
function tableUnder(title: RegExp): string[][] {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => title.test(line))
  if (start < 0) throw new Error('ARCHITECTURE.md has no table "to change X, open Y".')
  const first = lines.findIndex((line, index) => index >= start && line.startsWith('|'))
  const table = lines.slice(first)
  const end = table.findIndex((line) => !line.startsWith('|'))
  return table
    .slice(2, end < 0 ? undefined : end) // after the header and the line under it
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
}

/** The symbols of a row's last column that none of the row's files defines, told with the file. */
function symbolsMissingIn(cells: string[]): string[] {
  const symbols = [...(cells.at(-1) ?? '').matchAll(/`([^`]+)`/g)]
    .map((match) => (match[1] ?? '').replace(/\(.*$/, ''))
    .filter((code) => !looksLikePath(code))
  const paths = pathsIn(cells.join(' '))
  const source = paths
    .flatMap(filesOf)
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n')
  if (symbols.length === 0) return [`row "${cells[0]}": no \`symbol\` in its last column`]
  return symbols.filter((symbol) => !defines(source, symbol)).map((symbol) => `${symbol} is not in ${paths.join(', ')}`)
}

function filesOf(path: string): string[] {
  const found = find(path)
  if (found === undefined) return []
  if (statSync(join(root, found)).isFile()) return [found]
  return fileNames.filter((file) => file.startsWith(`${found}/`) && /\.[jt]s$/.test(file))
}

/** A declaration, a member, a property or an entry of an export list of that name; `Worker.stop` asks for its last part. */
function defines(source: string, symbol: string): boolean {
  const name = (symbol.split('.').at(-1) ?? '').replace(/[^\w$#]/g, '')
  const declared = `(?:const|let|function|class|interface|type|enum)\\s+${name}\\b`
  const member = `^\\s*(?:(?:readonly|async|static|declare|public|override|get|set|export)\\s+)*'?${name}'?\\s*[?!]?\\s*[(:=<]`
  const listed = `export (?:type )?\\{[^}]*\\b${name}\\b[^}]*\\}`
  return name !== '' && new RegExp(`${declared}|${member}|${listed}`, 'm').test(source)
}

function sourceFiles(directory: string, prefix = ''): string[] {
  const skipped = new Set(['node_modules', 'dist', '.git', '.turbo', 'coverage'])
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name)) return []
    const path = `${prefix}${entry.name}`
    return entry.isDirectory() ? [path, ...sourceFiles(join(directory, entry.name), `${path}/`)] : [path]
  })
}
