import { expect, test } from 'vitest';
import { DEVLOOP } from '../rig/devloop-rig.ts';
import { openRig } from '../rig/open-rig.ts';
import { poll } from '../rig/poll.ts';
import { openTerminal } from '../rig/terminal.ts';

test('on a terminal a command has one, of its size, in which Ctrl-C is for what runs there', async () => {
  await using rig = await openRig('hello-service');
  await rig.up();
  const command = [process.execPath, DEVLOOP, '-C', rig.folder, 'run', 'hello', '--', 'sh'] as const;
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
  terminal.type('stty size\r');
  await terminal.shows('24 80');
  terminal.resize(100, 31);
  terminal.type('until [ "$(stty size)" = "31 100" ]; do :; done; echo sized-$((40+2))\r');
  await terminal.shows('sized-42');
  terminal.type('exit 9\r');
  expect(await terminal.exited).toBe(9);
  await poll(
    () => rig.pods('devloop.dev/one-off=hello'),
    (pods) => pods.length === 0,
    { what: 'its Pod is gone' },
  );
});
