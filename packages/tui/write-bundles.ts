/**
 * Writes the programs that people wait for, the command and the daemon, as few files: loading them module by module, with
 * those of the libraries, takes as long again as all else that a command does. Part of `npm run build`, after the compiler.
 */
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type InputOptions, rolldown } from 'rolldown';

const DAEMON = new URL('../daemon/', import.meta.url);
const TUI = new URL('./', import.meta.url);

/**
 * Loaded as they are: what is loaded late, or hardly ever (Ink also wants src/ui/ink/load-app.ts to have a say in how).
 * cpu-features is a native part of ssh2 that need not be there.
 */
const EXTERNAL = ['ink', 'react', '@kubernetes/client-node', 'cpu-features'];

await write(DAEMON, {
  main: 'dist/main.js',
  'read-kubeconfig': 'dist/kubernetes/read-kubeconfig.js',
});
await write(TUI, { main: 'dist/main.js' });

async function write(folder: URL, input: Record<string, string>): Promise<void> {
  const options: InputOptions = {
    cwd: fileURLToPath(folder),
    input,
    platform: 'node',
    external: EXTERNAL,
    // the native parts of libraries, all of which do without; they would have to lie beside the bundle
    moduleTypes: { '.node': 'empty' },
    onwarn: (warning) => {
      throw new Error(warning.message);
    },
  };
  await using bundle = await rolldown(options);
  const dir = fileURLToPath(new URL('bundle', folder));
  await rm(dir, { recursive: true, force: true });
  await bundle.write({
    dir,
    format: 'esm',
    // for libraries that are CommonJS
    banner: 'const __filename = import.meta.filename, __dirname = import.meta.dirname;',
  });
}
