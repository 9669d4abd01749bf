// The rules of the house, held by a program: who may import whom, what the engine never contains, and how files look.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PROPERTIES } from '../properties/index.ts';

/** Folders of sources. A new one at the top needs a line in docs/ARCHITECTURE.md and one here. */
const FOLDERS = [
  'sim',
  'properties',
  'scenarios',
  'report',
  'commands',
  'fuzz',
  'conformance',
  'bench',
  'test',
  'scripts',
  'viewer',
  'course',
];
const ROOT_FILES = ['cli.ts', 'index.ts', 'vitest.config.ts'];

/** The import table: the first row that a file fits says what it may import. What ends in / stands for all below it. */
interface Row {
  readonly where: RegExp;
  readonly may: readonly string[];
  readonly packages: readonly string[];
}
const ENGINE_FOR_READERS = ['sim/'];
const TABLE: readonly Row[] = [
  { where: /^sim\/zab\//, may: ['sim/zab/', 'sim/assert.ts', 'sim/time.ts', 'sim/hash.ts'], packages: [] },
  { where: /^sim\/random\.ts$/, may: ['sim/'], packages: ['seedrandom/lib/alea.js'] },
  { where: /^sim\//, may: ['sim/'], packages: [] },
  {
    where: /^properties\//,
    may: [
      'properties/',
      ...['property', 'trace', 'setup', 'histories', 'time', 'assert'].map((name) => `sim/${name}.ts`),
      ...['zxid', 'sets', 'quorum', 'messages', 'effects', 'config'].map((name) => `sim/zab/${name}.ts`),
      'sim/zookeeper/',
    ],
    packages: [],
  },
  { where: /^scenarios\/load\.ts$/, may: ['scenarios/'], packages: ['node:fs', 'node:path'] },
  { where: /^scenarios\//, may: ['scenarios/', ...ENGINE_FOR_READERS], packages: ['yaml', 'zod'] },
  // One layout for the page and for the file.
  {
    where: /^report\/exports\/svg\.ts$/,
    may: ['report/', 'viewer/diagram-model/', ...ENGINE_FOR_READERS],
    packages: [],
  },
  {
    where: /^report\//,
    may: ['report/', 'scenarios/', ...ENGINE_FOR_READERS, 'package.json'],
    packages: ['chalk', 'zod', 'markdown-it', 'node:fs'],
  },
  {
    where: /^course\/folder\.ts$/,
    may: ['course/', 'scenarios/'],
    packages: ['node:fs', 'node:path'],
  },
  {
    where: /^course\//,
    may: ['course/', 'scenarios/', 'properties/', ...ENGINE_FOR_READERS],
    packages: ['yaml', 'zod'],
  },
  {
    where: /^fuzz\//,
    may: ['fuzz/', 'report/', 'scenarios/', 'properties/', 'commands/', ...ENGINE_FOR_READERS],
    packages: [
      'fast-check',
      'tinypool',
      'junit-report-builder',
      'zod',
      'node:fs',
      'node:path',
      'node:os',
      'node:url',
      'node:worker_threads',
      'node:timers/promises',
    ],
  },
  {
    where: /^commands\/(search|page|lesson)-commands\.ts$/,
    may: ['commands/'],
    packages: ['commander'],
  },
  {
    where: /^commands\/(view|page-server|report-html)\.ts$/,
    may: ['commands/', 'report/', 'scenarios/', 'viewer/share.ts', ...ENGINE_FOR_READERS],
    packages: ['node:fs', 'node:path', 'node:http', 'node:child_process', 'node:crypto', 'node:zlib'],
  },
  {
    where: /^commands\//,
    may: ['commands/', 'course/', 'fuzz/', 'report/', 'scenarios/', 'properties/', ...ENGINE_FOR_READERS],
    packages: [
      'node:fs',
      'node:path',
      'node:url',
      'node:os',
      'node:timers/promises',
      'node:readline/promises',
      'node:worker_threads',
      'node:vm',
      'esbuild',
      'chalk',
      'cli-progress',
      'zod',
    ],
  },
  {
    where: /^conformance\//,
    may: ['conformance/', 'scenarios/', 'properties/', ...ENGINE_FOR_READERS],
    packages: ['node:fs', 'node:path', 'node:util', 'zod'],
  },
  // What draws sees frames and trace events, never a world.
  {
    where: /^viewer\/ui\//,
    may: ['viewer/', 'report/', 'course/', 'scenarios/', ...ENGINE_FOR_READERS],
    packages: ['preact', 'preact/hooks', 'preact/compat', 'preact/jsx-runtime', '@preact/signals', 'markdown-it'],
  },
  {
    where: /^viewer\//,
    may: ['viewer/', 'course/', 'commands/seed.ts', 'properties/', 'scenarios/', 'report/', ...ENGINE_FOR_READERS],
    packages: ['preact', '@preact/signals', 'zod'],
  },
  { where: /^cli\.ts$/, may: ['commands/', 'report/version.ts'], packages: ['commander'] },
  {
    where: /^index\.ts$/,
    may: ['commands/', 'fuzz/', 'report/', 'scenarios/', 'properties/', ...ENGINE_FOR_READERS],
    packages: [],
  },
];
/** Programs around the project, which may import everything. */
const FREE = /^(test|bench|scripts)\/|^vitest\.config\.ts$/;

/** What the engine and the properties never contain, and why. */
const BANNED: readonly (readonly [what: RegExp, because: string])[] = [
  [/\b(Date|performance|setTimeout|setInterval|setImmediate|queueMicrotask)\b/, 'a clock that is not ours'],
  [/\bMath\.random\b|\bcrypto\b/, 'a source of chance that is not ours'],
  [/\b(async|await|Promise)\b/, 'order decided elsewhere'],
  [
    /\bMath\.(log|log2|log10|log1p|exp|expm1|pow|sqrt|cbrt|hypot|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh)\b|\*\*/,
    'last digits differ between engines',
  ],
  [/\.(sort|toSorted)\(\)/, 'a sort without an order'],
  [/\bfor \((const|let) \w+ in\b/, 'integer-like keys jump the line'],
  [/\b(localeCompare|toLocale\w*|Intl)\b/, 'depends on the machine'],
  [/\b(WeakRef|FinalizationRegistry|WeakMap)\b|\.stack\b/, 'depends on the collector or the engine'],
  [/^(export )?(let|var) /m, 'survives from run to run'],
  [/\b(console|process)\.|\bglobalThis\b/, 'return a value instead'],
];

/** What no source contains. */
const BANNED_EVERYWHERE: readonly (readonly [what: RegExp, because: string])[] = [
  [/^export default\b/m, 'a default export has no name'],
  [/(?::|<|,|\||&|\bas) ?any\b(?=\s*[\])>;,|&=]|\s*$)/m, 'any'],
  [/^(export )?(const )?enum |^(export )?(declare )?namespace /m, 'not erasable'],
  [/\b(describe|test|it)\.(only|skip|todo|skipIf|runIf|fails)\b/, 'a test that does not run, or runs alone'],
];

/** The compiler is not silenced, in comments either. */
const SILENCER = /@ts-(?:ignore|expect-error|nocheck)/;

const MAX_LINES = 460;
const MAX_COLUMNS = 140;

function sourcesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return sourcesBelow(path);
    return /\.(ts|tsx|mts|mjs)$/.test(entry.name) ? [path] : [];
  });
}

const FILES = [...FOLDERS.flatMap(sourcesBelow), ...ROOT_FILES];
const TEXTS = new Map(FILES.map((file) => [file, readFileSync(file, 'utf8')]));
/** Without comments. */
const CODE = new Map([...TEXTS].map(([file, text]) => [file, withoutComments(text)]));
/** Without what stands in quotes, too. */
const BARE = new Map([...CODE].map(([file, code]) => [file, withoutQuotes(code)]));

function withoutComments(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/(^|\s)\/\/.*$/gm, '$1');
}

/** What a template computes stays. */
function withoutQuotes(code: string): string {
  return code
    .replace(/'(?:[^'\\\n]|\\.)*'/g, "''")
    .replace(/`(?:[^`\\]|\\.)*`/g, (template) =>
      [...template.matchAll(/\$\{([^}]*)\}/g)].map((match) => match[1]).join(' '),
    );
}

/** What a file imports: paths from the root for its own kind, names for packages. */
function importsOf(file: string): string[] {
  const found = CODE.get(file)?.matchAll(
    /^(?:import|export|\}) ?(?:[^'";]*? )?from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm,
  );
  return [...(found ?? [])].map(([, from, bare, lazy]) => {
    const path = from ?? bare ?? lazy ?? '';
    return path.startsWith('.') ? normalize(join(dirname(file), path)) : path;
  });
}

function allowed(row: Row, imported: string): boolean {
  if (row.packages.includes(imported)) return true;
  return row.may.some((may) => (may.endsWith('/') ? imported.startsWith(may) : imported === may));
}

function offences(files: readonly string[], rules: readonly (readonly [RegExp, string])[]): string[] {
  return files.flatMap((file) =>
    rules.flatMap(([what, because]) => {
      const text = BARE.get(file) ?? '';
      const at = text.search(what);
      return at < 0 ? [] : [`${file}:${text.slice(0, at).split('\n').length}: ${because}`];
    }),
  );
}

const ENGINE = FILES.filter((file) => /^(sim|properties)\//.test(file) && !file.endsWith('.d.ts'));

test('the rules see the sources', () => {
  expect(FILES.length).toBeGreaterThan(100);
  expect(importsOf('sim/random.ts')).toEqual(['seedrandom/lib/alea.js', 'sim/assert.ts', 'sim/hash.ts', 'sim/time.ts']);
  expect(importsOf('cli.ts')).toContain('commands/run.ts');
});

describe('imports', () => {
  test('follow the table', () => {
    const wrong = FILES.filter((file) => !FREE.test(file) && !file.endsWith('.d.ts')).flatMap((file) => {
      const row = TABLE.find((each) => each.where.test(file));
      if (row === undefined) return [`${file}: no row of the table is about it`];
      return importsOf(file)
        .filter((imported) => !allowed(row, imported))
        .map((imported) => `${file} imports ${imported}`);
    });
    expect(wrong).toEqual([]);
  });

  test('name files with their endings, and files that exist', () => {
    const wrong = FILES.flatMap((file) =>
      importsOf(file)
        .filter(
          (path) =>
            /^\.?[\w-]+\//.test(path) &&
            /\.\w+$/.test(path) &&
            FOLDERS.includes(path.split('/')[0] ?? '') &&
            !existsSync(path),
        )
        .map((path) => `${file} imports ${path}`),
    );
    expect(wrong).toEqual([]);
  });

  test('reach every file: nothing is dead', () => {
    const imported = new Set(FILES.flatMap(importsOf));
    // A program that is started reads its arguments, or is named here.
    const entries = new RegExp(
      [
        /^(cli|index|vitest\.config)\.ts$|\.test\.ts$|\.d\.m?ts$|^scripts\//,
        /^test\/(global-setup\.ts|page\/)|^bench\/(memory|viewer)\.ts$|^viewer\/(main|one-file|worker)\.ts$/,
      ]
        .map(({ source }) => source)
        .join('|'),
    );
    const dead = FILES.filter((file) => !imported.has(file) && !entries.test(file));
    expect(dead.filter((file) => !/process\.argv/.test(BARE.get(file) ?? ''))).toEqual([]);
  });
});

describe('words', () => {
  test('the engine and the properties contain no clock, no chance, no waiting, no inexact arithmetic', () => {
    expect(offences(ENGINE, BANNED)).toEqual([]);
  });

  test('no source silences the compiler, and no test is left out', () => {
    expect(
      offences(
        FILES.filter((file) => !/\.config\.ts$|\.d\.ts$/.test(file)),
        BANNED_EVERYWHERE,
      ),
    ).toEqual([]);
    expect(
      FILES.filter((file) => !/^test\/(tidy|package)\.test\.ts$/.test(file) && SILENCER.test(TEXTS.get(file) ?? '')),
    ).toEqual([]);
  });

  test('the rules themselves find what they ban', () => {
    const samples = [
      'const x = Date.now();',
      'let x = 1;',
      'a.sort()',
      'for (const k in o) {}',
      'Math.pow(2, 3)',
      'x ** 2',
      'await x',
      'console.log(1)',
    ];
    for (const sample of samples)
      expect(
        BANNED.some(([what]) => what.test(withoutQuotes(withoutComments(sample)))),
        sample,
      ).toBe(true);
    for (const sample of ['x: any)', 'x as any', 'Array<any>', 'export default 1', 'test.skip(1)'])
      expect(
        BANNED_EVERYWHERE.some(([what]) => what.test(sample)),
        sample,
      ).toBe(true);
    for (const sample of ["'await Date'", '/** a Promise */', '// let it be', 'if (any !== null)', '`Date`'])
      expect(
        [...BANNED, ...BANNED_EVERYWHERE].some(([what]) => what.test(withoutQuotes(withoutComments(sample)))),
        sample,
      ).toBe(false);
  });
});

describe('form', () => {
  test(`no file has more than ${MAX_LINES} lines`, () => {
    expect([...TEXTS].filter(([, text]) => text.split('\n').length > MAX_LINES + 1).map(([file]) => file)).toEqual([]);
  });

  test(`no line has more than ${MAX_COLUMNS} columns`, () => {
    const long = [...TEXTS].flatMap(([file, text]) =>
      text.split('\n').flatMap((line, i) => ([...line].length > MAX_COLUMNS ? [`${file}:${i + 1}`] : [])),
    );
    expect(long).toEqual([]);
  });

  test('files are named in kebab case and end with one line feed; no line ends with a space or holds a tab', () => {
    const wrong = [...TEXTS].filter(
      ([file, text]) =>
        !/^[a-z0-9./-]+$/.test(file) || !text.endsWith('\n') || text.endsWith('\n\n') || /[ \t]$|\t|\r/m.test(text),
    );
    expect(wrong.map(([file]) => file)).toEqual([]);
  });
});

describe('properties', () => {
  const files = readdirSync('properties').filter((file) => file.endsWith('.ts') && file !== 'index.ts');

  test('each is in the index under the name of its file, and says where it comes from', () => {
    const named = PROPERTIES.map((property) => property.name);
    expect(new Set(named).size).toBe(named.length);
    for (const property of PROPERTIES) {
      expect(files).toContain(`${property.name}.ts`);
      expect(property.about.length).toBeGreaterThan(20);
      expect(property.source.length).toBeGreaterThan(10);
    }
  });

  test('each file in the folder is one, or helps one', () => {
    const named = new Set(PROPERTIES.map((property) => `${property.name}.ts`));
    const helpers = files.filter((file) => !named.has(file));
    for (const helper of helpers)
      expect(
        files.some((file) => importsOf(`properties/${file}`).includes(`properties/${helper}`)),
        helper,
      ).toBe(true);
  });
});

test('every scenario has a text of its own to teach, and the schema at its head', () => {
  for (const file of readdirSync('scenarios').filter((each) => each.endsWith('.yaml')))
    expect(readFileSync(join('scenarios', file), 'utf8').split('\n')[0], file).toBe(
      '# yaml-language-server: $schema=./scenario.schema.json',
    );
});
