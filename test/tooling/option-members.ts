import { join } from 'node:path'
import ts from 'typescript'
import { publicPackages, root } from '../packaging/packages.ts'
import type { OptionTable } from './option-tables.ts'

/** Entries for authors of drivers; docs/drivers.md is about them. */
const leftOut = ['@goplate/queue-testing/conformance', '@goplate/queue-testing/faults']

/** What the TypeScript sources of our entries export, by import. */
export class PublicTypes {
  readonly #checker: ts.TypeChecker
  readonly #exports = new Map<string, Map<string, ts.Symbol>>()

  constructor() {
    const entries = publicPackages().flatMap(({ name, directory, exports }) =>
      Object.entries(exports)
        .filter(
          ([path, file]) => typeof file === 'string' && file.endsWith('.ts') && !leftOut.includes(join(name, path)),
        )
        .map(([path, file]) => ({ entry: join(name, path), file: join(directory, file) })),
    )
    const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile) as { config: object }
    const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, root)
    const program = ts.createProgram(
      entries.map(({ file }) => file),
      options,
    )
    this.#checker = program.getTypeChecker()
    for (const { entry, file } of entries) {
      const module = this.#checker.getSymbolAtLocation(program.getSourceFile(file)!)!
      const symbols = this.#checker
        .getExportsOfModule(module)
        .map((symbol) => [symbol.name, this.#target(symbol)] as const)
      this.#exports.set(entry, new Map(symbols))
    }
  }

  /** The exported types that hold options, by their names. */
  optionTypes(): { readonly name: string; readonly entry: string }[] {
    return [...this.#exports].flatMap(([entry, symbols]) =>
      [...symbols]
        .filter(([name, symbol]) => /(Options|Settings|Caller)$/.test(name) && (symbol.flags & ts.SymbolFlags.Type) > 0)
        .map(([name]) => ({ name, entry })),
    )
  }

  /** The members that a heading stands for: by name, whether one must give it. */
  membersOf({ of, entry }: Pick<OptionTable, 'of' | 'entry'>): ReadonlyMap<string, { readonly required: boolean }> {
    const [, name = '', member, parameters] = /^(\w+)(?:\.(\w+))?(?:\((.*)\))?$/.exec(of) ?? []
    const symbol = this.#find(name, entry)
    const owner = this.#checker.getDeclaredTypeOfSymbol(symbol)
    if (parameters !== undefined) {
      const called = member === undefined ? this.#checker.getTypeOfSymbol(symbol) : this.#property(owner, member)
      return this.#membersOf(this.#lastParameters(called))
    }
    return this.#membersOf([member === undefined ? owner : this.#property(owner, member)])
  }

  #find(name: string, entry: string | undefined): ts.Symbol {
    for (const [where, symbols] of this.#exports) {
      const symbol = entry === undefined || entry === where ? symbols.get(name) : undefined
      if (symbol !== undefined) return symbol
    }
    throw new Error(`Nothing exported is called ${name}.`)
  }

  #target(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol
  }

  #property(owner: ts.Type, name: string): ts.Type {
    const property = this.#checker.getPropertyOfType(owner, name)
    if (property === undefined) throw new Error(`${this.#checker.typeToString(owner)} has no member ${name}.`)
    return this.#checker.getTypeOfSymbol(property)
  }

  /** Options are what a call, or a constructor, takes last; each overload may take others. */
  #lastParameters(called: ts.Type): ts.Type[] {
    const signatures = [...called.getCallSignatures(), ...called.getConstructSignatures()]
    return signatures.flatMap(({ parameters }) => {
      const last = parameters.at(-1)
      return last === undefined ? [] : [this.#checker.getTypeOfSymbol(last)]
    })
  }

  /** Of all alternatives that are objects; required is what all of them require. */
  #membersOf(types: readonly ts.Type[]): ReadonlyMap<string, { readonly required: boolean }> {
    const alternatives = types
      .flatMap((type) => (type.isUnion() ? type.types : [type]))
      .filter((type) => isObject(type))
    const members = new Map<string, { required: boolean }>()
    for (const [index, type] of alternatives.entries()) {
      const properties = this.#checker.getPropertiesOfType(type)
      for (const { name, flags } of properties) {
        const required = (flags & ts.SymbolFlags.Optional) === 0
        const before = members.get(name)
        members.set(name, { required: required && (before?.required ?? index === 0) })
      }
      for (const [name, member] of members) {
        if (!properties.some((property) => property.name === name)) member.required = false
      }
    }
    return members
  }
}

function isObject(type: ts.Type): boolean {
  return (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) > 0
}
