import { expect } from 'vitest';
import { isRunning } from '../../packages/shared/src/running-process.ts';
import { unique } from '../rig/devloop-rig.ts';
import { passEnded } from '../rig/expected-events.ts';
import { poll } from '../rig/poll.ts';
import { writeProgram } from '../rig/program.ts';
import { openScreen, openScreenBelowShell } from '../rig/screen.ts';
import { testOnSharedRig } from '../rig/shared-rig.ts';
import { UNTOUCHED } from '../rig/terminal.ts';

const test = testOnSharedRig('hello-service', (rig) => rig.write('hello/message.txt', unique('as started')));

test('details; rebuild, restart, scale, pause and resume, delete a pod, roll back', async ({ rig }) => {
  const message = await rig.read('hello/message.txt');
  const [first] = await rig.pods('app=hello');
  await using screen = openScreen(rig);
  await screen.shows(/› ● live +hello/);

  screen.press('enter');
  const detail = await screen.shows('─ as applied');
  expect(detail).toMatch(/^hello {2}● live/m);
  expect(detail).toContain('─ pods of Deployment/hello 1/1');
  expect(detail).toMatch(new RegExp(`● ${first.metadata.name} {2}Running {2}ready`));
  expect(detail).toMatch(/hello {2}running {2}hello:devloop-[0-9a-f]{16} {2}newest build/);
  expect(detail).toMatch(/● #1 +live .* start /);
  screen.press('G');
  await screen.shows('replicas: 1');
  screen.press('g');
  await screen.shows('─ passes');

  screen.press('r');
  await screen.shows('✓ hello is built again.');
  await screen.shows(/● #2 +live .* asked /);
  screen.press('R');
  await screen.shows('✓ hello is restarted.');
  await screen.shows(/● #3 +live /);
  await screen.hides(first.metadata.name);

  screen.press('escape');
  await screen.shows(/● live +hello .* 1\/1 /);
  screen.press('s');
  await screen.shows('─ How many replicas of hello?');
  screen.press('ctrl-u');
  screen.type('two');
  screen.press('enter');
  await screen.shows('✗ It must be a number from 0 to 100.');
  screen.press('ctrl-u');
  screen.type('2');
  screen.press('enter');
  await screen.shows('✓ hello: 2 replicas are wanted now.');
  await screen.shows(/● live +hello .* 2\/2 /);
  screen.press('-');
  await screen.shows('✓ hello: 1 replica is wanted now.');
  await screen.shows(/● live +hello .* 1\/1 /);

  screen.press('p');
  await screen.shows('paused: saves wait until it is resumed');
  const second = unique('second');
  const saved = rig.mark();
  await rig.writeAtomic('hello/message.txt', second);
  await screen.shows(/◌ paused +hello/);
  expect((await rig.served('hello')).body).not.toBe(second);
  screen.press('p');
  await screen.shows('✓ hello goes on');
  await screen.shows(/● live +hello/);
  await rig.event(passEnded('hello', 'live'), saved);
  await rig.serves('hello', second);

  const [victim] = await rig.pods('app=hello');
  screen.press('D');
  await screen.shows('─ Delete which pod of hello?');
  expect(screen.frame()).toContain(`› ${victim.metadata.name}  Running`);
  screen.press('enter');
  await screen.shows(`✓ ${victim.metadata.name} is deleted; another takes its place.`);
  screen.press('enter');
  await screen.until(
    (frame) => /● \S+ {2}Running {2}ready/.test(frame) && !frame.includes(victim.metadata.name),
    'another pod',
  );

  screen.press('b');
  await screen.shows('─ Roll hello back to which build?');
  expect(screen.frame()).toMatch(/› #\d+ {2}.* ago {2}hello:devloop-[0-9a-f]{16}/);
  screen.press('enter');
  await screen.shows(/✓ hello goes back to #\d+, until the next save\./);
  await screen.shows(/^hello {2}● live {2}rolled back to hello:devloop-/m);
  await rig.serves('hello', message);
  await rig.writeAtomic('hello/message.txt', message);
});

test('a forwarded port, the browser on it, and down', async ({ rig }) => {
  const message = await rig.read('hello/message.txt');
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const programs = await writeProgram(rig, opener, `echo "$1" > "${rig.file('../opened')}"`);
  await using screen = openScreenBelowShell(rig, {
    env: { ...rig.env, PATH: `${programs}:${process.env['PATH']}` },
  });
  await screen.shows(/› ● live +hello/);

  const local = 20_000 + Math.floor(Math.random() * 10_000);
  screen.press('f');
  await screen.shows('─ Forward to hello');
  screen.type(`${local}:http`);
  screen.press('enter');
  await screen.shows(`✓ localhost:${local} leads to http of hello.`);
  await poll(
    async () => (await fetch(`http://localhost:${local}`)).text(),
    (text) => text === message,
    { what: `port ${local} answers` },
  );
  screen.press('o');
  await poll(
    () => rig.read('../opened').catch(() => ''),
    (opened) => opened === `http://localhost:${local}\n`,
    { what: 'the browser is opened on the forward' },
  );
  screen.press('enter');
  await screen.shows(new RegExp(`http://localhost:${local} +forward`));
  screen.press('F');
  await screen.shows(`localhost:${local} → http`);
  screen.press('enter');
  await screen.hides(`http://localhost:${local}`);

  const { pid } = await rig.status();
  screen.press('X');
  const asked = await screen.shows('─ Delete these 2 objects, and stop?');
  expect(asked).toMatch(new RegExp(`Deployment +hello +${rig.namespace}`));
  expect(asked).toMatch(new RegExp(`Service +hello +${rig.namespace}`));
  screen.press('n');
  await screen.hides('Delete these 2 objects');
  screen.press('X');
  await screen.shows('─ Delete these 2 objects, and stop?');
  screen.press('y');
  const end = await screen.shows('ended 0');
  expect(end).toContain('Deleted 2 objects. The daemon has ended.');
  expect(await screen.exited).toBe(0);
  expect(screen.modes()).toEqual(UNTOUCHED);
  expect(screen.frame()).toMatch(/ icanon/);
  expect(screen.frame()).toMatch(/ echo /);
  expect(isRunning(pid)).toBe(false);
  await poll(
    () => rig.names('deployments', 'services', 'pods'),
    (names) => names.length === 0,
    { what: 'nothing of it is left' },
  );
});
