import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawn } from '@lydell/node-pty';
import { expect, onTestFinished, test } from 'vitest';

const DEMO = fileURLToPath(new URL('../fixtures/demo.ts', import.meta.url));

/** The demo on a terminal, where it waits for Enter. Its copy is in the folder. */
async function openDemo() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'scn-demo-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const terminal = spawn(process.execPath, [DEMO], { env: { ...process.env, TMPDIR: folder } });
  const exited = new Promise<void>((resolve) => terminal.onExit(() => resolve()));
  await new Promise<void>((resolve) => {
    let shown = '';
    terminal.onData((text) => {
      shown += text;
      if (shown.includes('Press Enter')) resolve();
    });
  });
  expect(readdirSync(folder)).toHaveLength(1);
  return { folder, terminal, exited };
}

test.each([
  ['whose terminal is closed', (terminal: ReturnType<typeof spawn>) => (terminal as unknown as Closable).destroy()],
  ['to which Ctrl-C is pressed', (terminal: ReturnType<typeof spawn>) => terminal.write('\u0003')],
  ['to which Ctrl-D is pressed', (terminal: ReturnType<typeof spawn>) => terminal.write('\u0004')],
])('a demo %s while it waits for Enter takes its copy away', async (_how, end) => {
  const { folder, terminal, exited } = await openDemo();
  end(terminal);
  await exited;
  expect(readdirSync(folder)).toEqual([]);
});

/** Closes the master's side; the package's types leave it out. */
interface Closable {
  destroy(): void;
}
