/**
 * The node: engine, API server, controllers and kubelet in one process, which is alone in its namespaces where there are
 * any. Its first argument is the file with its `NodeConfig`. It has the channel of a child process with the host, says
 * `NodeMessage`s there, does what is asked in `NodeRequest`s, and ends with it. Whatever runs on it ends then: with its
 * namespaces, or because each program has an open descriptor of it.
 */
import { readFile } from 'node:fs/promises';
import { enableCompileCache } from 'node:module';
import process from 'node:process';
import type { NodeConfig } from '../host/node-messages.ts';
import { tell } from './host-channel.ts';

enableCompileCache(); // before anything else is loaded

const [file = ''] = process.argv.slice(2);
const over = new AbortController();
process.on('SIGTERM', () => over.abort(new Error('SIGTERM')));
// what a terminal sends to all of a group is for whoever holds the sandbox to decide on
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);

try {
  const { runNode } = await import('./run-node.ts');
  await runNode(JSON.parse(await readFile(file, 'utf8')) as NodeConfig, over.signal);
} catch (error) {
  console.error(error);
  await tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
}
// Everything is closed; Node by itself waits for ever for connections that were reset while they were being shut down.
process.exit();
