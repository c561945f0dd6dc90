/**
 * Writes the programs that people wait for, the command, the daemon and those of a sandbox, as few files: loading them
 * module by module, with those of the libraries, takes as long again as all else that a command does. It takes types away
 * and looks at none: `npm run types` does that. This is `npm run build`.
 */
import { rm } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type InputOptions, type Plugin, rolldown } from 'rolldown';

const DAEMON = new URL('../daemon/', import.meta.url);
const TUI = new URL('./', import.meta.url);
const SANDBOX = new URL('../sandbox/', import.meta.url);

/**
 * Loaded as they are, if at all: what is hardly ever loaded, and what need not be there: a native part of ssh2, and what
 * Ink takes for its own developers.
 */
const EXTERNAL = ['@kubernetes/client-node', 'cpu-features', 'react-devtools-core'];

/**
 * Parts of dockerode that nobody reaches: sessions of a BuildKit that asks for credentials, and engines behind ssh. Loading
 * them takes longer than all else of dockerode.
 */
const UNREACHED = ['@grpc/grpc-js', '@grpc/proto-loader', 'ssh2'];

/** Has them fail by name when they are called, should they be reached after all. */
const withoutUnreached: Plugin = {
  name: 'without-unreached',
  resolveId: (id) => (UNREACHED.includes(id) ? `\0unreached:${id}` : undefined),
  load(id) {
    if (!id.startsWith('\0unreached:')) return;
    const message = JSON.stringify(`${id.slice('\0unreached:'.length)} is not in the bundle`);
    return `const fail = () => { throw new Error(${message}); };
module.exports = new Proxy(function () {}, { get: () => module.exports, apply: fail, construct: fail });`;
  },
};

/**
 * Takes Node's own modules by `require`. An import of one reads each of its exports, and so loads what the module itself
 * loads late: undici for `node:http`, which takes as long as Node's own start.
 */
const requiredBuiltins: Plugin = {
  name: 'required-builtins',
  // node:module is what require itself comes from
  resolveId: (id, importer) =>
    isBuiltin(id) && id !== 'node:module' && !importer?.startsWith('\0builtin:') ? `\0builtin:${id}` : undefined,
  load: (id) =>
    id.startsWith('\0builtin:')
      ? `module.exports = require(${JSON.stringify(id.slice('\0builtin:'.length))});`
      : undefined,
};

/**
 * Ink's layout, with its WebAssembly as a data URL. It would read that by `fetch`, for which Node loads all of undici, and
 * decodes it by itself where there is no `fetch`.
 */
const layoutWithoutFetch: Plugin = {
  name: 'layout-without-fetch',
  transform: (code, id) => (id.endsWith('/yoga-wasm-base64-esm.js') ? `const fetch = undefined;${code}` : undefined),
};

/**
 * Writes other characters than those of ASCII as escapes, which say the same in strings, templates and regular expressions.
 * One of them would have V8 hold all of its file with two bytes for each character, and Node encode it anew for its cache.
 */
const asciiOnly: Plugin = {
  name: 'ascii-only',
  generateBundle(_options, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type === 'chunk') file.code = file.code.replaceAll(/[\u0080-\uffff]/g, escapeUnit);
    }
  },
};

/** All of a bundle is read at each start: it keeps the comments of licences only. */
const COMMENTS = { legal: true, annotation: false, jsdoc: false };

await write(DAEMON, { main: 'src/main.ts', 'read-kubeconfig': 'src/kubernetes/read-kubeconfig.ts' });
await writeProgram(DAEMON, 'src/program.ts');
await write(TUI, { main: 'src/main.ts' });
await write(SANDBOX, { main: 'src/host/main.ts' }, 'host');
// What the node starts lies beside it, as in its sources; programs under Node's permissions read nothing else of it.
await write(
  SANDBOX,
  {
    main: 'src/node/main.ts',
    'pod-relay': 'src/network/pod-relay.ts',
    'program-preload': 'src/runtime/permissions/program-preload.ts',
  },
  'node',
);

/** @param name of the program, where the package has several, each of which is a folder */
async function write(folder: URL, input: Record<string, string>, name = ''): Promise<void> {
  await using bundle = await rolldown(inputOptions(folder, input));
  const dir = fileURLToPath(new URL(`bundle/${name}`, folder));
  await rm(dir, { recursive: true, force: true });
  await bundle.write({
    dir,
    format: 'esm',
    comments: COMMENTS,
    // for libraries that are CommonJS
    banner: 'const __filename = import.meta.filename, __dirname = import.meta.dirname;',
  });
}

/** Adds what is run as a `CompiledProgram`: one file of CommonJS. */
async function writeProgram(folder: URL, source: string): Promise<void> {
  await using bundle = await rolldown(inputOptions(folder, { daemon: source }));
  const dir = fileURLToPath(new URL('bundle', folder));
  await bundle.write({ dir, format: 'cjs', comments: COMMENTS, entryFileNames: '[name].cjs', codeSplitting: false });
}

function inputOptions(folder: URL, input: Record<string, string>): InputOptions {
  return {
    cwd: fileURLToPath(folder),
    input,
    platform: 'node',
    external: EXTERNAL,
    plugins: [withoutUnreached, requiredBuiltins, layoutWithoutFetch, asciiOnly],
    // React is another library where it is not meant for production, a larger and slower one.
    transform: { define: { 'process.env.NODE_ENV': JSON.stringify('production') } },
    // the native parts of libraries, all of which do without; they would have to lie beside the bundle
    moduleTypes: { '.node': 'empty' },
    onwarn: (warning) => {
      throw new Error(warning.message);
    },
  };
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
