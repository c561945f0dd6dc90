import { expect } from 'vitest';
import { DEVLOOP, unique } from '../rig/devloop-rig.ts';
import { poll } from '../rig/poll.ts';
import { testOnSharedRig } from '../rig/shared-rig.ts';
import { TmuxShell } from '../rig/tmux.ts';

const test = testOnSharedRig('two-services');

const MODES = ['alternate_on', 'cursor_flag', 'mouse_any_flag', 'keypad_cursor_flag'];

test('in a real shell in tmux: Ctrl-Z and fg, resizing, and the shell as it was after q', async ({ rig }) => {
  await using shell = await TmuxShell.open({ columns: 120, rows: 40, cwd: rig.folder, env: rig.env });
  const modes = () => Promise.all(MODES.map((name) => shell.variable(name)));
  const untouched = await modes();
  await shell.type('echo before-$((40+2)); stty -g > ../modes-before\n');
  await shell.shows(/^before-42$/m);

  await shell.type(`"${process.execPath}" "${DEVLOOP}"\n`);
  const opened = await shell.shows(/› ● live +api/);
  expect(opened).not.toContain('before-42');
  expect(await modes()).not.toEqual(untouched);

  await shell.press('C-z');
  const aside = await shell.shows(/Stopped/);
  expect(aside).toMatch(/^before-42$/m);
  expect(aside).not.toContain('● live');
  expect(await modes()).toEqual(untouched);
  await shell.type('echo aside-$((1+1))\n');
  await shell.shows(/^aside-2$/m);
  await shell.type('fg\n');
  await shell.shows(/› ● live +api/);
  const saved = unique('saved');
  await rig.writeAtomic('api/price.txt', saved);
  await shell.shows(/change in api\/price\.txt\n[\s\S]*live in \d/); // what a long build says comes between

  await shell.press('l');
  await shell.shows(`the price is ${saved}`);
  for (const [columns, rows] of [
    [40, 12],
    [200, 60],
    [120, 40],
  ] as const) {
    await shell.resize(columns, rows);
    const fits = (frame: string) => {
      const lines = frame.trimEnd().split('\n');
      return (
        lines.length === rows &&
        lines[0]?.startsWith('scn-two-services') === true &&
        lines.at(-1)?.startsWith('? help') === true &&
        lines.filter((line) => line.startsWith('api · following')).length === 1
      );
    };
    await shell.until(fits, `a whole frame of ${columns}×${rows}`);
  }
  await shell.press('Escape');
  await shell.shows(/› ● live +api/);
  await shell.press('q');
  const end = await shell.shows(/^Everything keeps running/m);
  expect(end).toMatch(/^before-42$/m);
  expect(end).toMatch(/^aside-2$/m);
  expect(end).not.toContain('● live');
  expect(await modes()).toEqual(untouched);
  await shell.type('stty -g > ../modes-after; echo after-$((40+2))\n');
  await shell.shows(/^after-42$/m);
  expect(await rig.read('../modes-after')).toBe(await rig.read('../modes-before'));
  await rig.serves('api', saved);
});

test('the mouse in tmux: a click chooses a row, the wheel moves it', async ({ rig }) => {
  const size = { columns: 120, rows: 40 };
  await using shell = await TmuxShell.open({ ...size, cwd: rig.folder, env: rig.env });
  await using terminal = await shell.attach(size);
  await shell.type(`"${process.execPath}" "${DEVLOOP}"\n`);
  await poll(
    () => shell.variable('mouse_any_flag'),
    (flag) => flag === '1',
    { what: 'the mouse is asked for' },
  );
  const frame = await terminal.shows(/› ● live +api/, 90_000);
  const row = frame.split('\n').findIndex((line) => /● live +web/.test(line));
  terminal.click(10, row);
  await terminal.shows(/› ● live +web/);
  terminal.wheel('up', 10, row);
  await terminal.shows(/› ● live +api/);
  terminal.wheel('down', 10, row);
  await terminal.shows(/› ● live +web/);
});
