import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/*
 * Puts the declarations that the entries of a package share into one file. tsup writes them into chunks, and what it
 * takes to export, import and export each of them again is a tenth of the tarball. Afterwards `index.d.ts` declares
 * where it stands everything that it exports, and the other entries take from it.
 *
 * Run in a package's folder after tsup: `node ../../scripts/merge-declarations.ts`.
 */

interface Declarations {
  readonly name: string
  readonly source: ts.SourceFile
  /** What it takes from other files of the package, by the name of the file: `[name there, name here]`. */
  readonly imports: Map<string, [there: string, here: string][]>
  /** The name it has outside, and the file that declares it if that is another one. */
  readonly exports: Map<string, { readonly from: string | undefined; readonly there: string }>
  readonly statements: ts.Statement[]
}

const directory = join(process.cwd(), 'dist')
const files = new Map(globSync('*.d.ts', { cwd: directory }).map((file) => [nameOf(file), read(nameOf(file))]))
const index = files.get('index')!
const merged = new Set<Declarations>()
collect(index)

const declared = namesDeclaredOnce()
for (const file of files.values()) checkNames(file)
const texts = [...files.values()].filter(isEntry).map((file) => [file.name, textOf(file)] as const)
for (const name of files.keys()) rmSync(join(directory, `${name}.d.ts`))
for (const [name, text] of texts) writeFileSync(join(directory, `${name}.d.ts`), text)

function read(name: string): Declarations {
  const source = ts.createSourceFile(
    name,
    readFileSync(join(directory, `${name}.d.ts`), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  )
  const file: Declarations = { name, source, imports: new Map(), exports: new Map(), statements: [] }
  for (const statement of source.statements) readStatement(file, statement)
  return file
}

function readStatement({ imports, exports, statements }: Declarations, statement: ts.Statement): void {
  if (ts.isImportDeclaration(statement) && isOwn(statement.moduleSpecifier)) {
    const bindings = statement.importClause?.namedBindings
    const elements = bindings !== undefined && ts.isNamedImports(bindings) ? [...bindings.elements] : []
    const from = fileOf(statement.moduleSpecifier)
    imports.set(
      from,
      elements.map((element) => [(element.propertyName ?? element.name).text, element.name.text]),
    )
  } else if (ts.isExportDeclaration(statement)) {
    const from = statement.moduleSpecifier && fileOf(statement.moduleSpecifier)
    const { elements } = statement.exportClause as ts.NamedExports
    for (const element of elements)
      exports.set(element.name.text, { from, there: (element.propertyName ?? element.name).text })
  } else statements.push(statement)
}

/** Everything that the index takes from, directly or not. */
function collect(file: Declarations): void {
  if (merged.has(file)) return
  merged.add(file)
  const sources = [...file.imports.keys(), ...[...file.exports.values()].flatMap(({ from }) => from ?? [])]
  for (const name of sources) collect(files.get(name)!)
}

function namesDeclaredOnce(): Map<string, Declarations> {
  const names = new Map<string, Declarations>()
  for (const file of merged)
    for (const name of file.statements.flatMap(namesOf)) {
      if ((names.get(name) ?? file) !== file) throw new Error(`${name} is declared twice; give one another name.`)
      names.set(name, file)
    }
  return names
}

/** Only the names under which a chunk exports may differ from those under which things are declared. */
function checkNames(file: Declarations): void {
  const { name, imports, exports } = file
  const taken = [...imports].flatMap(([from, names]) => names.map(([there, here]) => ({ from, there, here })))
  const given = [...exports].map(([here, { from, there }]) => ({ from: from ?? name, there, here }))
  for (const { from, there, here } of isEntry(file) ? [...taken, ...given] : taken) {
    const original = from === name ? there : originalName(from, there)
    if (original !== here) throw new Error(`${original} is called ${here} in ${name}.d.ts; give one another name.`)
  }
}

function originalName(from: string, exported: string): string {
  const found = files.get(from)!.exports.get(exported)
  if (found === undefined || found.from === undefined) return found?.there ?? exported
  return originalName(found.from, found.there)
}

function isEntry({ name }: Declarations): boolean {
  return !/-[\w-]{8}$/.test(name)
}

function textOf(file: Declarations): string {
  if (file === index) return indexText()
  const exported = [...file.exports.keys()]
  if (merged.has(file)) return `export { ${takenFromIndex(exported).join(', ')} } from './index.js';\n`
  const taken = takenFromIndex([...file.imports.values()].flat().map(([, here]) => here))
  const own = file.statements.map((statement) => printed(file, statement, exported))
  return [`import { ${taken.join(', ')} } from './index.js';\n`, ...own, 'export {};\n'].join('')
}

function takenFromIndex(names: readonly string[]): readonly string[] {
  const missing = names.filter((name) => !index.exports.has(name))
  if (missing.length > 0) throw new Error(`index.ts must export ${missing.join(', ')}: another entry needs it.`)
  return names
}

function indexText(): string {
  const exported = [...index.exports.keys()]
  const nowhere = exported.filter((name) => !declared.has(name))
  if (nowhere.length > 0) throw new Error(`Nothing declares ${nowhere.join(', ')}.`)
  const statements = [...merged].flatMap((file) => file.statements.map((one) => printed(file, one, exported)))
  // Without it everything that is declared at the top would be exported.
  return [...statements, 'export {};\n'].join('')
}

/** A statement with its comment, as it was, marked if it is exported, and indented as the sources are. */
function printed({ source }: Declarations, statement: ts.Statement, exported: readonly string[]): string {
  const start = statement.getStart(source)
  const comment = source.text.slice(statement.getFullStart(), start).trimStart()
  const marked = namesOf(statement).some((name) => exported.includes(name)) ? 'export ' : ''
  const text = `${comment}${marked}${source.text.slice(start, statement.end)}\n`
  return text.replaceAll(/^(?: {4})+/gm, (indent) => ' '.repeat(indent.length / 2))
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map(({ name }) => name.getText())
  const { name } = statement as ts.DeclarationStatement
  return name === undefined ? [] : [name.text]
}

function isOwn(specifier: ts.Expression): boolean {
  return (specifier as ts.StringLiteral).text.startsWith('./')
}

function fileOf(specifier: ts.Expression): string {
  return (specifier as ts.StringLiteral).text.replace(/^\.\/|\.js$/g, '')
}

function nameOf(file: string): string {
  return file.replace(/\.d\.ts$/, '')
}
