/**
 * Who may import whom. Imports go downwards only: `pnpm check:boundaries` fails on an upward or sideways one, and
 * test/tooling/boundaries.test.ts proves that it does.
 */

/** Inside queue-core/src: a layer imports itself and the layers below it. Other files at the root are leaves. */
const coreLayers = [
  { name: 'entries', path: '(index|define)\\.ts' },
  { name: 'queue', path: 'queue(/|\\.ts)' },
  { name: 'worker', path: 'worker/' },
  { name: 'maintenance', path: 'maintenance/' },
  { name: 'memory', path: 'memory/' },
  { name: 'runtime', path: 'runtime\\.ts' },
  { name: 'driver', path: 'driver/' },
  { name: 'registry', path: '(job-registry|define-job)\\.ts' },
  { name: 'events', path: 'events\\.ts' },
  { name: 'job', path: 'job/' },
  { name: 'payload', path: 'payload/' },
]

const core = '^packages/queue-core/src/'
const tests = '\\.test(-d)?\\.ts$'
const anyLayer = coreLayers.map((layer) => layer.path).join('|')
const belowLayers = coreLayers.map((layer, index) => ({
  name: `core-${layer.name}-imports-downwards`,
  from: { path: `${core}(${layer.path})`, pathNot: tests },
  above: coreLayers.slice(0, index).map((higher) => higher.path),
}))

/** Inside apps/example/src: who drives it, then the application, then what it is made of. Tests may look upwards. */
const exampleLayers = [
  { name: 'entries', path: '[^/]+\\.ts' },
  { name: 'faces', path: '(demo|web)/' },
  { name: 'app', path: 'app/' },
  { name: 'jobs', path: 'jobs/' },
  { name: 'parts', path: '(mail|images)/' },
]
const example = '^apps/example/src/'

/** Between packages: what a package's src may import of the others. Tests (`test/`, `*.test.ts`) may import more. */
const packages = [
  { name: 'queue-core', sources: [] },
  { name: 'queue-testing', sources: ['queue-core'] },
  { name: 'queue-mikroorm', sources: ['queue-core'], tests: ['queue-testing', 'local-postgres'] },
  { name: 'local-postgres', sources: [] },
]

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    error(
      'no-cycles',
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
      'Two files that need each other to load are one (types may refer to each other).',
    ),
    error('no-missing-module', {}, { couldNotResolve: true }, 'The import resolves to nothing.'),

    ...belowLayers
      .filter(({ above }) => above.length > 0)
      .map(({ name, from, above }) => error(name, from, { path: `${core}(${above.join('|')})` })),
    error(
      'core-leaves-import-leaves-only',
      { path: `${core}[^/]+\\.ts$`, pathNot: `${core}(${anyLayer})|${tests}` },
      { path: `${core}(${anyLayer})` },
    ),
    error('core-folder-is-a-layer', { path: `${core}[^/]+/`, pathNot: `${core}(${anyLayer})` }, { path: '.' }),
    error(
      'core-memory-for-entries-only',
      { path: core, pathNot: `${core}(memory/|(index|define)\\.ts)|${tests}` },
      { path: `${core}memory/` },
    ),
    error('core-has-no-dependency', { path: core, pathNot: tests }, { path: 'node_modules' }),

    ...exampleLayers.slice(1).map(({ name, path }, index) =>
      error(
        `example-${name}-imports-downwards`,
        { path: `${example}${path}`, pathNot: tests },
        {
          path: `${example}(${exampleLayers
            .slice(0, index + 1)
            .map((higher) => higher.path)
            .join('|')})`,
        },
      ),
    ),
    error(
      'example-faces-apart',
      { path: `${example}(demo|web)/` },
      { path: `${example}(demo|web)/`, pathNot: `${example}$1/` },
    ),

    ...packages.flatMap(({ name, sources, tests: forTests = [] }) => [
      error(
        `${name}-sources`,
        { path: `^packages/${name}/src/`, pathNot: tests },
        { path: '^(packages|apps)/', pathNot: `^packages/(${[name, ...sources].join('|')})/` },
      ),
      error(
        `${name}-tests`,
        { path: [`^packages/${name}/test/`, `^packages/${name}/.*${tests}`] },
        { path: '^(packages|apps)/', pathNot: `^packages/(${[name, ...sources, ...forTests].join('|')})/` },
      ),
    ]),
    error('package-is-named-above', { path: '^packages/', pathNot: `^packages/(${names()})/` }, { path: '.' }),
    error(
      'adapter-imports-mikroorm-only',
      { path: '^packages/queue-mikroorm/src/', pathNot: tests },
      { path: 'node_modules/', pathNot: 'node_modules/@mikro-orm/' },
    ),
    error(
      'adapter-needs-no-database-driver',
      { path: '^packages/queue-mikroorm/src/', pathNot: tests },
      { path: 'node_modules/@mikro-orm/(?!core/)', dependencyTypesNot: ['type-only'] },
      'Both databases are optional peers: import their types only.',
    ),
    error(
      'other-packages-through-their-entries',
      { path: '^(packages|apps)/([^/]+)/' },
      { path: '^(packages|apps)/', pathNot: '^$1/$2/', dependencyTypes: ['local'] },
      'Import another package by its name.',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules|/dist/' },
    exclude: { path: '(^|/)(dist|coverage)/' },
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types', 'default'] },
  },
}

/**
 * @param {string} name
 * @param {import('dependency-cruiser').IRegularForbiddenRuleType['from']} from
 * @param {import('dependency-cruiser').IRegularForbiddenRuleType['to']} to
 * @returns {import('dependency-cruiser').IForbiddenRuleType}
 */
function error(name, from, to, comment = 'Imports go downwards only.') {
  return { name, severity: 'error', from, to, comment }
}

function names() {
  return packages.map(({ name }) => name).join('|')
}
