#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { cacheFolderOf } from '@devloop/shared/xdg-folders';
import type * as Program from './program.ts';
import { CompiledProgram } from './support/compiled-program.ts';

enableCompileCache(); // for libraries that are not part of the program
const program = new CompiledProgram(
  path.join(import.meta.dirname, 'daemon.cjs'),
  cacheFolderOf(process.env, os.homedir()),
);
await (program.run() as typeof Program).run(() => program.keep());
// Everything is closed. Left to end by itself, Node waits busily and for ever for requests of connections that were reset
// while they were being shut down, as those of a forwarded port are when its pod goes.
process.exit();
