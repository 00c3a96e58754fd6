// Who may import whom: the rules of ARCHITECTURE.md, in their order. test/architecture plants a violation of each.

const packages = (...names) => `^node_modules/(?:${names.join('|')})/`;
const PURE = [
  'zod',
  '@noble/hashes',
  '@noble/curves',
  'canonicalize',
  'yaml',
  'diff',
  'json-p3',
  'pkijs',
  'asn1js',
];
const ANY_PACKAGE = '^node_modules/';
// As written in the import and as resolved, with and without the prefix.
const node = (...names) => `^(?:node:)?(?:${names.join('|')})(?:/|$)`;

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** A zone may use these packages and no other. */
const whitelist = (zone, path, names) =>
  rule(
    `packages-${zone}`,
    'Each zone has a list of packages; a new one is a decision, written here.',
    { path },
    { path: ANY_PACKAGE, pathNot: packages(...names) },
  );

/** Inside core, leftwards only. `lab` is beside them: compose alone knows it. */
const CORE_MAY_NOT = {
  'db|endpoints|security': 'services|rpc|scheduler|lab|compose\\.ts',
  services: 'rpc|scheduler|lab|compose\\.ts',
  'rpc|scheduler': 'lab|compose\\.ts',
  lab: 'db|security|services|rpc|scheduler|compose\\.ts',
};

module.exports = {
  forbidden: [
    // 1
    rule(
      'shared-imports-shared',
      'shared is pure: it imports itself and pure packages, not even types from elsewhere.',
      { path: '^shared/' },
      { path: '^(?:electron|renderer|test|scripts|resources|out)/' },
    ),
    rule(
      'shared-without-node',
      'shared runs in a browser, in Node and in an offline page.',
      { path: '^shared/' },
      { dependencyTypes: ['core'] },
    ),
    whitelist('shared', '^shared/', PURE),

    // 2
    rule(
      'core-knows-no-host',
      'core is the application; it does not know who runs it.',
      { path: '^electron/core/' },
      { path: '^(?:electron/(?:hosts|preload)|renderer|test|scripts)/' },
    ),
    whitelist('core', '^electron/core/', [
      ...PURE,
      'better-sqlite3',
      '@types/better-sqlite3',
      'undici',
      'ipaddr\\.js',
      'csv-parse',
      '@smithy/signature-v4',
      'pac-resolver',
      'quickjs-wasi',
      'shlex',
      '@napi-rs/keyring',
      'pdfmake',
      '@types/pdfmake',
      '@expo-google-fonts',
    ]),

    // 3
    rule(
      'hosts-use-the-front-door',
      'A host uses core/compose and core/ports, not what is behind them.',
      { path: '^electron/hosts/' },
      { path: '^electron/core/', pathNot: '^electron/core/(?:compose|ports)\\.ts$' },
    ),
    rule(
      'hosts-are-strangers',
      'Hosts share hosts/common only. hosts/trapstreet.ts alone puts two of them together.',
      { path: '^electron/hosts/([^/]+)/' },
      { path: '^electron/hosts/', pathNot: '^electron/hosts/(?:$1|common)/' },
    ),
    rule(
      'the-entry-is-nobodys-module',
      'hosts/trapstreet.ts is the entry of the command line; it is started, not imported.',
      { path: '^(?:electron|renderer|shared)/' },
      { path: '^electron/hosts/[^/]+\\.ts$' },
    ),
    rule(
      'hosts-know-no-page',
      'Hosts serve the built pages as files.',
      { path: '^electron/hosts/' },
      { path: '^(?:renderer|test|scripts|electron/preload)/' },
    ),
    whitelist('hosts', '^electron/hosts/(?!desktop/|cli/)', PURE),
    whitelist('cli', '^electron/hosts/cli/', [...PURE, 'commander']),
    whitelist('desktop', '^electron/hosts/desktop/', [...PURE, 'electron']),

    // 4
    rule(
      'electron-in-its-place',
      'Only hosts/desktop and preload import electron.',
      { pathNot: '^electron/(?:hosts/desktop|preload)/' },
      { path: packages('electron') },
    ),
    rule(
      'sqlite-in-its-place',
      'Only core/db speaks SQL.',
      { pathNot: '^electron/core/db/' },
      { path: [packages('better-sqlite3', '@types/better-sqlite3'), node('sqlite')] },
    ),
    rule(
      'one-outbound-door',
      'Only core/endpoints opens a connection.',
      { pathNot: '^electron/core/endpoints/' },
      {
        path: [packages('undici'), node('net', 'tls', 'https', 'http2', 'dns', 'dgram')],
        dependencyTypesNot: ['type-only'],
      },
    ),
    rule(
      'http-serves-only',
      'The lab and browser mode serve; a test holds them to createServer.',
      { pathNot: '^electron/(?:core/(?:endpoints|lab)|hosts/loopback)/' },
      { path: node('http'), dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'lab-is-for-compose',
      'Nothing but the composition root knows the practice lab.',
      { path: '^(?:electron|renderer|shared)/', pathNot: '^electron/core/(?:lab/|compose\\.ts$)' },
      { path: '^electron/core/lab/' },
    ),

    // 5
    ...Object.entries(CORE_MAY_NOT).map(([from, to]) =>
      rule(
        `core-leftwards-${from.split('|')[0]}`,
        'Inside core: db, endpoints, security <- services <- rpc, scheduler <- compose.',
        { path: `^electron/core/(?:${from})/` },
        { path: `^electron/core/(?:${to})` },
      ),
    ),
    rule(
      'core-root-is-low',
      'ports, events and their like are what the folders of core stand on.',
      { path: '^electron/core/[^/]+\\.ts$', pathNot: '^electron/core/compose\\.ts$' },
      { path: '^electron/core/[^/]+/' },
    ),
    rule(
      'core-rpc-or-scheduler',
      'The two drive the services; neither drives the other.',
      { path: '^electron/core/(rpc|scheduler)/' },
      { path: '^electron/core/(?:rpc|scheduler)/', pathNot: '^electron/core/$1/' },
    ),

    // 6
    rule(
      'renderer-imports-shared',
      'The pages know the contract, not the core.',
      { path: '^renderer/' },
      { path: '^(?:electron|test|scripts|resources)/' },
    ),
    rule(
      'renderer-without-node',
      'The pages run in a browser.',
      { path: '^renderer/' },
      { dependencyTypes: ['core'] },
    ),
    rule(
      'features-are-strangers',
      'A feature does not import another one.',
      { path: '^renderer/features/([^/]+)/' },
      { path: '^renderer/features/', pathNot: '^renderer/features/$1/' },
    ),
    rule(
      'features-below-app',
      'ui <- features <- app.',
      { path: '^renderer/features/' },
      { path: '^renderer/(?:app/|main\\.tsx)' },
    ),
    rule(
      'ui-at-the-bottom',
      'Primitives know no feature, no route and no call.',
      { path: '^renderer/ui/' },
      { path: '^renderer/(?:app|features|client|state)/' },
    ),
    rule(
      'client-and-state-below-features',
      'The client and the view state draw nothing.',
      { path: '^renderer/(?:client|state)/' },
      { path: '^renderer/(?:app|features|ui)/' },
    ),
    whitelist('renderer', '^renderer/', [
      'zod',
      'react',
      'react-dom',
      'zustand',
      '@base-ui/react',
      'lucide-react',
      '@tanstack/react-virtual',
      'echarts',
      '@fontsource-variable/[^/]+',
      'tailwindcss',
      'yaml',
    ]),
    rule(
      'preload-is-thin',
      'The preload imports electron and types of the contract.',
      { path: '^electron/preload/' },
      { path: '.', pathNot: [packages('electron'), '^shared/contract/'] },
    ),

    // 7
    rule('no-cycles', 'No cycles, type-only ones included.', {}, { circular: true }),
    rule(
      'everything-resolves',
      'An import that is not found is not checked either.',
      {},
      { couldNotResolve: true },
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['node', 'import', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json', '.css'],
    },
  },
};
