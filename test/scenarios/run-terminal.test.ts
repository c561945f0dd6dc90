import { expect, test } from 'vitest';
import { DEVLOOP } from '../rig/devloop-rig.ts';
import { openRig } from '../rig/open-rig.ts';
import { poll } from '../rig/poll.ts';
import { openScreen } from '../rig/screen.ts';
import { openTerminal } from '../rig/terminal.ts';

/** Typed, it says that the terminal has a size once it has: a kubelet tells it to a shell that runs already. */
const untilSized = (size: string) =>
  `until [ "$(stty size)" = "${size}" ]; do sleep 0.1; done; echo "sized-${size}-$((40+2))"\r`;

test.each([
  ['a Pod of its own', ['run', 'hello', '--', 'sh']],
  ['a container that runs', ['exec', 'hello']],
])('in %s a shell has the terminal, of its size, in which Ctrl-C is for what runs there', async (_, words) => {
  await using rig = await openRig('hello-service');
  await rig.start();
  const command = [process.execPath, DEVLOOP, '-C', rig.folder, ...words] as const;
  await using terminal = openTerminal(command, { env: rig.env, showWithinMs: 60_000 });
  await terminal.shows(/[#$] ?$/m);
  terminal.type('test -t 0 && test -t 1 && echo it-is-$((40+2))\r');
  await terminal.shows('it-is-42');
  // said by what has the terminal then, not by the shell that is about to give it away
  terminal.type('sh -c "echo begun-$((40+2)); exec sleep 1000"\r');
  await terminal.shows('begun-42');
  terminal.type('\u0003');
  await terminal.shows(/begun-42\s+(\^C\s*)?\S* ?[#$] ?$/m);
  terminal.type('echo again-$((40+2))\r');
  await terminal.shows('again-42');
  terminal.type(untilSized('24 80'));
  await terminal.shows('sized-24 80-42');
  terminal.resize(100, 31);
  terminal.type(untilSized('31 100'));
  await terminal.shows('sized-31 100-42');
  terminal.type('exit 9\r');
  expect(await terminal.exited).toBe(9);
  await poll(
    () => rig.pods('devloop.dev/one-off=hello'),
    (pods) => pods.length === 0,
    { what: 'its Pod is gone' },
  );
});

test('the shell that a key opens has the size of the screen, also when that changes', async () => {
  await using rig = await openRig('hello-service');
  await rig.start();
  await using screen = openScreen(rig);
  await screen.shows(/› ● live +hello/);
  screen.press('x');
  await screen.shows(/[#$]$/m);
  screen.type(untilSized('40 120'));
  await screen.shows('sized-40 120-42');
  screen.resize(100, 31);
  screen.type(untilSized('31 100'));
  await screen.shows('sized-31 100-42');
  screen.type('exit\r');
  await screen.shows(/› ● live +hello/);
});
