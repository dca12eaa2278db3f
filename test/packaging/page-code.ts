/** A fenced block of a page of Markdown. */
export interface Block {
  readonly language: string
  readonly code: string
  /** Of the opening fence, from 1. */
  readonly line: number
  /** The comment on the line before, one blank line between: `<!-- file: jobs/greet.ts -->`, `<!-- output -->`. */
  readonly mark?: Mark
}

export interface Mark {
  readonly kind: string
  readonly name: string
}

/** All fenced blocks in order, also those that an HTML comment hides from the reader. */
export function blocksOf(text: string): Block[] {
  const lines = text.split('\n')
  const blocks: Block[] = []
  for (let at = 0; at < lines.length; at++) {
    const fence = /^( *)(`{3,})(\w*)\s*$/.exec(lines[at] ?? '')
    if (fence === null) continue
    const [, indent = '', ticks = '', language = ''] = fence
    const end = lines.indexOf(indent + ticks, at + 1)
    if (end === -1) throw new Error(`The block in line ${at + 1} has no end.`)
    const code = lines.slice(at + 1, end).map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
    const mark = markBefore(lines, at)
    blocks.push({ language, code: code.map((line) => `${line}\n`).join(''), line: at + 1, ...(mark && { mark }) })
    at = end
  }
  return blocks
}

/** The files of a page's own project by name; blocks of one name are joined in order. */
export function filesOf(text: string): Map<string, string> {
  const files = new Map<string, string>()
  for (const { language, code, mark } of blocksOf(text)) {
    if (language !== 'ts' || mark?.kind !== 'file') continue
    const before = files.get(mark.name)
    files.set(mark.name, before === undefined ? code : `${before}\n${code}`)
  }
  return files
}

/** The lines of ts blocks that belong to no file, so that nothing would compile or run them. */
export function linesWithoutFile(text: string): number[] {
  const stray = blocksOf(text).filter(({ language, mark }) => /^(ts|tsx|typescript)$/.test(language) && !isFile(mark))
  return stray.map(({ line }) => line)
}

/** The ts block after `<!-- program: name -->`. */
export function programOf(text: string, name: string): string {
  const block = blocksOf(text).find(({ language, mark }) => {
    return language === 'ts' && mark?.kind === 'program' && mark.name === name
  })
  if (block === undefined) throw new Error(`No \`\`\`ts block is marked <!-- program: ${name} -->.`)
  return block.code
}

/** What the comments beside its top-level console.log calls say a program prints. */
export function linesPromisedBy(program: string): string[] {
  const lines = [...program.matchAll(/^console\.log\(.*\) \/\/ (.*)$/gm)].map((match) => match[1] ?? '')
  if (lines.length === 0) throw new Error('The program says of no console.log what it prints.')
  return lines
}

function isFile(mark: Mark | undefined): boolean {
  return mark?.kind === 'file' && mark.name.endsWith('.ts')
}

/** A hidden block follows its mark at once, for its comment is still open. */
function markBefore(lines: readonly string[], fence: number): Mark | undefined {
  const isShown = lines[fence - 1]?.trim() === ''
  const text = lines[fence - (isShown ? 2 : 1)] ?? ''
  const found = (isShown ? /^ *<!-- (\w+)(?:: (\S+))? -->$/ : /^ *<!-- (\w+)(?:: (\S+))?$/).exec(text)
  return found === null ? undefined : { kind: found[1] ?? '', name: found[2] ?? '' }
}
