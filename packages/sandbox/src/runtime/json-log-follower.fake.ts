import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import v8 from 'node:v8';
import { JsonLog } from './json-log.ts';

/**
 * A process that does nothing but follow a log, because it looks at all that it has in memory. Prints how many promises
 * there are after each of its arguments, which are numbers of lines.
 */
const folder = mkdtempSync(path.join(tmpdir(), 'sandbox-log-'));
const log = new JsonLog(path.join(folder, 'log'));
const output = new PassThrough();
void log.capture(output, 'stdout');
const lines = log.read({ follow: true, files: 'all', signal: new AbortController().signal });
const promises: number[] = [];
for (const count of process.argv.slice(2).map(Number)) {
  for (let line = 0; line < count; line += 1) {
    const next = lines.next();
    await new Promise((resolve) => setImmediate(resolve)); // it waits by now
    output.write('a line\n');
    await next;
  }
  promises.push(v8.queryObjects(Promise, { format: 'count' }));
}
process.stdout.write(JSON.stringify(promises));
log[Symbol.dispose]();
rmSync(folder, { recursive: true });
