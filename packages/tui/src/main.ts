#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

enableCompileCache(); // before anything else is loaded
const { runCommandLine } = await import('./run-command-line.ts');
process.exitCode = await runCommandLine(process.argv.slice(2));
