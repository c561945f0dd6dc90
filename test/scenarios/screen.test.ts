import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { unique } from '../rig/devloop-rig.ts';
import { openRig } from '../rig/open-rig.ts';
import { openScreen, openScreenBelowShell } from '../rig/screen.ts';
import { UNTOUCHED } from '../rig/terminal.ts';

test('from nothing to live, a save, two screens at once, and whichever way one is left all keeps running', async () => {
  await using rig = await openRig('two-services');
  await rig.write('api/price.txt', unique('10'));
  await using screen = openScreenBelowShell(rig);
  await screen.shows(/◌ waiting +web .* waits until api is live/);
  await screen.shows(/◐ \w+ +api /);
  await screen.shows('● 2 live');
  const { pid } = await rig.status();
  const pods = async () => (await rig.objects('pods')).map(({ metadata }) => metadata.uid).toSorted();
  const running = await pods();

  await using second = openScreen(rig, { columns: 80, rows: 24 });
  expect(await second.shows('● 2 live')).toMatch(/› ● live +api/);
  const price = unique('12');
  await rig.writeAtomic('api/price.txt', price);
  for (const one of [screen, second]) {
    await one.shows('change in api/price.txt');
    await one.shows(/change in api\/price\.txt\n[\s\S]*live in \d/);
    await one.shows('● 2 live');
  }
  await screen.shows(/● live +api +#2 /);
  await rig.serves('web', `The price is ${price}.`);

  second.kill('SIGTERM');
  expect(await second.exited).toBe(143);
  expect(second.modes()).toEqual(UNTOUCHED);
  await using killed = openScreen(rig);
  await killed.shows('● 2 live');
  killed.kill('SIGKILL');
  expect(await killed.exited).toBe(137);

  screen.press('q');
  const end = await screen.shows('ended 0');
  expect(end).toMatch(/^Everything keeps running, and saves still go live\./);
  expect(await screen.exited).toBe(0);
  expect(screen.modes()).toEqual(UNTOUCHED);
  expect(screen.frame()).toMatch(/ icanon/);
  expect(screen.frame()).toMatch(/ echo /);
  expect(screen.output).not.toContain('Warning');
  expect((await rig.status()).pid).toBe(pid);
  expect(await pods()).toEqual(running);

  await using again = openScreen(rig);
  expect(await again.shows('● 2 live')).toContain('● connected');
  again.press('L');
  await again.shows(`the price is ${price}`);
  again.press('q');
  expect(await again.exited).toBe(0);
});

test('a daemon that hangs, was killed, stopped from elsewhere, or is of another version: said, and S or y brings one', async () => {
  await using rig = await openRig('hello-service');
  await rig.start();
  await rig.events.stop();
  const { pid } = await rig.status();
  await using screen = openScreen(rig);
  await screen.shows(/› ● live +hello/);

  process.kill(pid, 'SIGSTOP');
  await screen.shows('✗ daemon does not answer');
  screen.press('S');
  expect(await screen.shows('✗ The daemon runs, and does not answer.')).toContain(`kill -CONT ${pid}`);
  process.kill(pid, 'SIGCONT');
  await screen.shows('● connected');

  process.kill(pid, 'SIGKILL');
  await screen.shows('✗ daemon gone, S starts it');
  screen.press('r');
  expect(await screen.shows('✗ No daemon runs for this project.')).toContain('→ Start it with S');
  screen.press('S');
  await screen.shows('● connected');
  await screen.shows('● 1 live');
  const later = await rig.status();
  expect(later.pid).not.toBe(pid);
  const message = unique('still served');
  await rig.writeAtomic('hello/message.txt', message);
  await screen.shows(/change in hello\/message\.txt\n[\s\S]*live in \d/);
  await rig.serves('hello', message);

  await rig.devloop(['stop']);
  await screen.shows('✗ daemon stopped, S starts it');
  await using _ = await foreignDaemon(rig.socketPath);
  const asked = await screen.shows('─ Restart the daemon with this version?');
  expect(asked).toContain('speaks protocol 99');
  screen.press('y');
  await screen.shows('✓ The daemon was restarted.');
  await screen.shows('● connected');
  await screen.shows('● 1 live');
  expect((await rig.status()).services).toHaveLength(1);
  screen.press('Q');
  await screen.shows('─ Stop the daemon?');
  screen.press('y');
  expect(await screen.exited).toBe(0);
  expect(screen.modes()).toEqual(UNTOUCHED);
  expect(screen.frame()).toContain('The daemon has ended. What runs in the cluster keeps running');
  expect(await rig.pods('app=hello')).toHaveLength(1);
});

test('a build that fails and a program that crashes: why, what mends it, and the next save mends it', async () => {
  await using rig = await openRig('broken-build');
  await using screen = openScreen(rig);
  const broken = await screen.shows('─ web failed');
  expect(broken).toMatch(/› ✗ failed +web /);
  await screen.shows(/RUN node -e[\s\S]*Expected ',' or '}'[\s\S]*\n→ \S/);
  screen.press('enter');
  await screen.shows('─ why #1 is not live');
  await screen.shows(/^→ \S/m);
  await screen.shows('press r to rebuild');
  await screen.shows(/✗ #1 +failed /);
  const greeting = unique('mended');
  await rig.writeAtomic('web/settings.json', JSON.stringify({ greeting }));
  await screen.shows(/^web {2}● live/m);
  await screen.hides('is not live');
  await rig.serves('web', greeting);
  screen.press('escape');

  const good = await rig.read('web/server.js');
  const words = unique('the disk is on fire');
  await rig.writeAtomic('web/server.js', `console.error('${words}'); process.exit(7);\n`);
  await screen.shows('─ web failed');
  const crashed = await screen.shows(words);
  expect(crashed).toMatch(/✗ failed +web [\s\S]*crashed with exit code 7/);
  expect(crashed).toMatch(/^→ \S/m);
  screen.press('l');
  await screen.shows(/^.┄.*exit code 7/m);
  screen.press('escape');
  await screen.shows(/› ✗ failed +web/);
  await rig.writeAtomic('web/server.js', `${good}// mended ${words}\n`);
  await screen.shows('● 1 live');
  await screen.hides('─ web failed');
});

/** A program that answers at a daemon's socket in the protocol of another version, until it is ended. */
async function foreignDaemon(socket: string): Promise<AsyncDisposable> {
  const program = `
    const hello = { type: 'hello', protocol: { major: 99, minor: 0 }, version: '99.0.0', pid: process.pid, folder: '/', seq: 0 };
    require('node:http').createServer((_, response) => response.end(JSON.stringify(hello)))
      .listen(process.argv[1], () => console.log('listening'));`;
  const child: ChildProcess = spawn(process.execPath, ['-e', program, socket], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  if (child.stdout !== null) await once(child.stdout, 'data');
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
