import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DAEMON = 'packages/daemon/src';

/** Rooms of the daemon that the command may use in its own process: they need no daemon. */
const OFFLINE_ROOMS = ['config', 'project', 'doctor', 'log-store'];

/** Where a foreign library may be imported in the daemon. Those with one room have no other. */
const LIBRARY_ROOMS: Readonly<Record<string, readonly string[]>> = {
  chokidar: ['watch'],
  dockerode: ['docker'],
  '@kubernetes/client-node': ['kubernetes'],
  yaml: ['compose', 'config', 'kubernetes', 'project', 'deploy', 'registry', 'rendering'],
  execa: ['minikube', 'hooks', 'doctor', 'docker', 'kubernetes', 'forward', 'registry', 'rendering'],
  ws: ['forward', 'kubernetes'],
  'tar-stream': ['build'],
};

/** The only place, in all packages, that imports a library: a folder, or the file that sets it up for all. */
const DOORS: Readonly<Record<string, string>> = {
  ink: 'packages/tui/src/ui/',
  react: 'packages/tui/src/ui/',
  zod: 'packages/shared/src/zod.ts',
};

interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

interface Import {
  readonly from: SourceFile;
  readonly specifier: string;
  /** Erased when it is built. */
  readonly isType: boolean;
}

const sources = ['shared', 'daemon', 'sandbox', 'tui'].flatMap((name) => filesBelow(`packages/${name}/src`, /\.tsx?$/));
const product = sources.filter((file) => !/\.(test|fake)\.tsx?$/.test(file.path));
const tests = [...sources.filter((file) => /\.test\.tsx?$/.test(file.path)), ...filesBelow('test', /\.test\.tsx?$/)];
const imports = product.flatMap(importsOf);

describe('who may import whom', () => {
  test('the command takes from the daemon package only what needs no daemon', () => {
    const wrong = importsIn('tui').filter(({ from, specifier }) => {
      const inDaemon = pathInPackage('daemon', from, specifier);
      return inDaemon !== undefined && !OFFLINE_ROOMS.includes(roomOf(inDaemon));
    });
    expect(
      told(wrong),
      `Rule: packages/tui imports from the daemon only the rooms ${OFFLINE_ROOMS.join(', ')}; all else goes by the socket.`,
    ).toEqual([]);
  });

  test('the daemon does not know its clients', () => {
    const wrong = importsIn('daemon').filter(
      ({ from, specifier }) => specifier === 'devloop' || pathInPackage('tui', from, specifier) !== undefined,
    );
    expect(told(wrong), 'Rule: packages/daemon never imports packages/tui.').toEqual([]);
  });

  test('what is shared knows neither', () => {
    const wrong = importsIn('shared').filter(({ from, specifier }) =>
      ['daemon', 'tui'].some((name) => pathInPackage(name, from, specifier) !== undefined),
    );
    expect(told(wrong), 'Rule: packages/shared imports neither daemon nor tui.').toEqual([]);
  });

  test('the sandbox knows nobody, and nobody imports it', () => {
    const out = importsIn('sandbox').filter(({ specifier }) => specifier.startsWith('@devloop/'));
    const into = imports.filter(({ from, specifier }) => {
      return !from.path.startsWith('packages/sandbox/') && pathInPackage('sandbox', from, specifier) !== undefined;
    });
    const rule = 'Rule: packages/sandbox stands in for a cluster: it is started and spoken to as one, never imported.';
    expect(told([...out, ...into]), rule).toEqual([]);
  });

  for (const [library, rooms] of Object.entries(LIBRARY_ROOMS)) {
    test(`${library} stops at the door of ${rooms.join(', ')}`, () => {
      const wrong = importsIn('daemon')
        .filter(({ specifier }) => specifier === library || specifier.startsWith(`${library}/`))
        .filter(({ from }) => !rooms.includes(roomOf(path.posix.relative(DAEMON, from.path))));
      const rule = `Rule: in the daemon, ${library} is imported only in ${rooms.join(', ')}; others use that room's port.`;
      expect(told(wrong), rule).toEqual([]);
    });
  }

  for (const [library, door] of Object.entries(DOORS)) {
    test(`${library} stops at the door of ${door}`, () => {
      const wrong = imports
        .filter(({ specifier }) => specifier === library || specifier.startsWith(`${library}/`))
        .filter(({ from }) => !from.path.startsWith(door));
      expect(told(wrong), `Rule: ${library} is imported only in ${door}; others use what that exports.`).toEqual([]);
    });
  }

  test('what a screen shows is computed without the library that paints it', () => {
    const wrong = imports
      .filter(({ specifier }) => specifier === 'react' || specifier === 'ink')
      .filter(({ from, isType }) => !isType && !from.path.startsWith('packages/tui/src/ui/ink/'));
    expect(told(wrong), 'Rule: only packages/tui/src/ui/ink runs ink and react; others know their types.').toEqual([]);
  });

  test('every library of the daemon has its room', () => {
    const { dependencies } = JSON.parse(read('packages/daemon/package.json'));
    const outside = Object.keys(dependencies).filter((name) => !name.startsWith('@devloop/'));
    const rule = 'Rule: a new foreign library is given its room in LIBRARY_ROOMS of test/architecture.test.ts.';
    expect(
      outside.filter((name) => !(name in LIBRARY_ROOMS)),
      rule,
    ).toEqual([]);
  });
});

test('the Node that is pinned is the one that packages are installed for', () => {
  const { devDependencies } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const workspace = parse(readFileSync(path.join(ROOT, 'pnpm-workspace.yaml'), 'utf8'));
  expect(workspace.nodeVersion).toBe(devDependencies.node);
});

test('no test is mocked, left out or left alone', () => {
  const forbidden = /\bvi\.(?:mock|doMock|hoisted)\b|\.(?:skip|only|todo|fails)\(|\bretry:\s*[1-9]/;
  const wrong = tests.flatMap(({ path: file, text }) =>
    text
      .split('\n')
      .map((line, index) => ({ line, place: `${file}:${index + 1}` }))
      .filter(({ line }) => forbidden.test(line))
      .map(({ line, place }) => `${place} ${line.trim()}`),
  );
  expect(wrong, 'Rule: tests use real things or fakes beside their port; none is skipped, alone or retried.').toEqual(
    [],
  );
});

describe('the page that says what the house is', () => {
  test('names every room of the daemon', () => {
    const page = read('ARCHITECTURE.md');
    const rooms = readdirSync(path.join(ROOT, DAEMON), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const missing = rooms.map(({ name }) => name).filter((name) => !new RegExp(`\\b${name}/`).test(page));
    expect(missing, `Rule: ARCHITECTURE.md names each folder of ${DAEMON} as \`room/\`.`).toEqual([]);
  });

  for (const page of ['ARCHITECTURE.md', 'README.md']) {
    test(`${page} names only paths that exist`, () => {
      const named = read(page).match(/\b(?:packages|fixtures|test|docs)\/[\w@./-]*\w/g) ?? [];
      const missing = [...new Set(named)].filter((name) => !existsSync(path.join(ROOT, name)) && !isBuilt(name));
      expect(missing, `Rule: every path that ${page} names is in the tree.`).toEqual([]);
    });
  }
});

function filesBelow(folder: string, wanted: RegExp): SourceFile[] {
  const absolute = path.join(ROOT, folder);
  if (!existsSync(absolute)) return [];
  return readdirSync(absolute, { recursive: true, encoding: 'utf8' })
    .filter((name) => wanted.test(name) && statSync(path.join(absolute, name)).isFile())
    .map((name) => `${folder}/${name.split(path.sep).join('/')}`)
    .map((name) => ({ path: name, text: read(name) }));
}

function read(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

/** Static, dynamic, side-effect and re-exporting imports, types too. What is only resolved, to be spawned, is none. */
function importsOf(file: SourceFile): Import[] {
  const code = file.text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
  const found = code.matchAll(/(\bimport type [^;]*?\s)?\b(?:from|import|require)\s*\(?\s*(['"])([^'"\n]+)\2/g);
  return [...found].map((match) => ({ from: file, specifier: match[3] ?? '', isType: match[1] !== undefined }));
}

function importsIn(packageName: string): Import[] {
  return imports.filter(({ from }) => from.path.startsWith(`packages/${packageName}/src/`));
}

/** The path inside a package's sources that an import leads to, by the package's name or by a relative path. */
function pathInPackage(packageName: string, from: SourceFile, specifier: string): string | undefined {
  const byName = `@devloop/${packageName}/`;
  if (specifier.startsWith(byName)) return specifier.slice(byName.length);
  if (!specifier.startsWith('.')) return undefined;
  const target = path.posix.join(path.posix.dirname(from.path), specifier);
  const folder = `packages/${packageName}/`;
  return target.startsWith(folder) ? target.slice(folder.length).replace(/^src\//, '') : undefined;
}

function roomOf(pathInSources: string): string {
  return pathInSources.includes('/') ? (pathInSources.split('/')[0] ?? '') : '';
}

function told(wrong: readonly Import[]): string[] {
  return wrong.map(({ from, specifier }) => `${from.path} imports ${specifier}`);
}

function isBuilt(name: string): boolean {
  return /\/bundle(?:\/|$)/.test(name) || name.startsWith('test/results');
}
