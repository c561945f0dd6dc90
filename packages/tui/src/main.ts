#!/usr/bin/env node
import module from 'node:module';

/** As in package.json. What is loaded below uses what earlier ones do not know. */
const OLDEST_NODE = 24;

if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  process.stderr.write(
    `devloop needs Node ${OLDEST_NODE} or newer; this is Node ${process.versions.node} (${process.execPath}).\n` +
      `→ Install a newer one, and put it first in PATH: node --version tells which is found.\n`,
  );
  process.exit(1);
}
module.enableCompileCache(); // before anything else is loaded
const { runCommandLine } = await import('./run-command-line.ts');
process.exitCode = await runCommandLine(process.argv.slice(2));
