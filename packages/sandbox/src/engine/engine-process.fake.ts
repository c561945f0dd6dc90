import path from 'node:path';
import { Namespaces } from '../runtime/namespaces.ts';
import { Engine } from './engine.ts';
import { serveEngine } from './serve-engine.ts';

/**
 * The node of the engine's tests: the engine alone, in namespaces of its own, until its stdin ends.
 * Arguments: the private folder.
 */
const [folder = ''] = process.argv.slice(2);
const ending = new AbortController();
const isolation = new Namespaces(process.execPath);
const engine = await Engine.open({ folder, isolation, signal: ending.signal });
const served = await serveEngine(engine, path.join(folder, 'docker.sock'));
process.stdout.write('ready\n');
for await (const _ of process.stdin);
ending.abort();
await served[Symbol.asyncDispose]();
await engine[Symbol.asyncDispose]();
await isolation[Symbol.asyncDispose]();
process.stdout.write('closed\n');
