import { mkdir, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { unique } from '../rig/devloop-rig.ts';
import { passEnded, passesEnded } from '../rig/expected-events.ts';
import { openRig } from '../rig/open-rig.ts';
import { mustRun } from '../rig/run-command.ts';

const FILES = 1000;
const SERVER = `const { readdirSync, readFileSync } = require('node:fs');
const counts = {};
for (const name of readdirSync('data')) {
  const branch = readFileSync('data/' + name, 'utf8').trim();
  counts[branch] = (counts[branch] ?? 0) + 1;
}
require('node:http').createServer((_request, response) => response.end(JSON.stringify(counts))).listen(8080);
process.on('SIGTERM', () => process.exit(0));
`;

test(`a checkout that changes ${FILES} files is one rollout of all of them`, async () => {
  await using rig = await openRig('hello-service');
  const git = (...args: string[]) =>
    mustRun('git', ['-c', 'user.name=rig', '-c', 'user.email=rig@example.org', '-C', rig.folder, ...args]);
  const [one, two] = [unique('one'), unique('two')];
  const fill = (text: string) =>
    Promise.all(Array.from({ length: FILES }, (_, index) => writeFile(rig.file(`hello/data/${index}.txt`), text)));
  await rig.write('hello/server.js', SERVER);
  await mkdir(rig.file('hello/data'));
  await git('init', '--quiet', '--initial-branch=one');
  await fill(one);
  await git('add', '.');
  await git('commit', '--quiet', '-m', 'one');
  await git('checkout', '--quiet', '-b', 'two');
  await fill(two);
  await git('commit', '--quiet', '--all', '-m', 'two');
  await git('checkout', '--quiet', 'one');
  await rig.start();
  await rig.serves('hello', JSON.stringify({ [one]: FILES }));
  using images = await rig.watchImages('hello');

  const since = rig.mark();
  await git('checkout', '--quiet', 'two');
  await rig.devloop(['wait', '--live', 'hello', '--timeout', '120'], { timeoutMs: 150_000 });
  await rig.event(passEnded('hello', 'live'), since);
  expect((await rig.served('hello')).body).toBe(JSON.stringify({ [two]: FILES }));
  expect(passesEnded(rig.events.since(since), 'hello', 'live')).toHaveLength(1);
  expect(images.values).toHaveLength(2);
});
