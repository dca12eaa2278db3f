import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The relative links of a page that lead nowhere, as they are written: a file or an anchor is missing. */
export function brokenLinksOf(page: string): string[] {
  const prose = proseOf(readFileSync(page, 'utf8'))
  const targets = [...prose.matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g)].map((match) => match[1] ?? '')
  return targets.filter((target) => !/^[a-z]+:/.test(target) && !leadsSomewhere(page, target))
}

/** The names that GitHub gives to the headings of a page. */
export function anchorsOf(text: string): string[] {
  const seen = new Map<string, number>()
  return [...proseOf(text).matchAll(/^ {0,3}#{1,6} +(.+?) *#*$/gm)].map(([, heading = '']) => {
    const slug = slugOf(heading)
    const repeated = seen.get(slug) ?? 0
    seen.set(slug, repeated + 1)
    return repeated === 0 ? slug : `${slug}-${repeated}`
  })
}

function leadsSomewhere(page: string, target: string): boolean {
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? page : join(dirname(page), path)
  if (!existsSync(file)) return false
  if (anchor === undefined) return true
  return statSync(file).isFile() && anchorsOf(readFileSync(file, 'utf8')).includes(anchor)
}

function slugOf(heading: string): string {
  const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
  return text.replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '').replaceAll(' ', '-')
}

/** Without fenced blocks: a line of code is neither a heading nor a link. */
function proseOf(text: string): string {
  return text.replaceAll(/^( *)(`{3,})[^`\n]*\n[^]*?^\1\2$/gm, '')
}
