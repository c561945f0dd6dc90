import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { PROTOCOL_VERSION } from '@devloop/shared/protocol/protocol-version';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { DEVLOOP } from '../../../../test/rig/devloop-rig.ts';
import { expectFreshBuild } from '../../../../test/rig/fresh-build.ts';
import { openTerminal, type TerminalOptions, type TestTerminal, UNTOUCHED } from '../../../../test/rig/terminal.ts';
import { FakeDaemon, liveService, snapshotOf } from '../daemon/daemon.fake.ts';
import { runtimeOf } from '../daemon/runtime.ts';

const OPEN = { screen: 'alternate', cursorShown: false, mouse: true, bracketedPaste: true };

vi.setConfig({ testTimeout: 30_000 }); // a process is started, while others use the processors

let scratch = '';
let folder = '';

beforeAll(expectFreshBuild);

const makeProject = async () => {
  scratch = await realpath(await mkdtemp(path.join(tmpdir(), 'devloop-ui-')));
  folder = path.join(scratch, 'shop');
  vi.stubEnv('XDG_RUNTIME_DIR', scratch);
  await mkdir(folder);
  await writeFile(path.join(folder, 'devloop.yaml'), 'services:\n  web:\n');
  await mkdir(runtimeOf(folder).folder, { recursive: true, mode: 0o700 });
};

const removeProject = async () => {
  vi.unstubAllEnvs();
  await rm(scratch, { recursive: true, force: true });
};

const services = () => [liveService('web'), liveService('api'), liveService('worker')];

const listen = async () => {
  const daemon = await FakeDaemon.listen(runtimeOf(folder).socket);
  daemon.logsGoOn = true;
  daemon.snapshot = snapshotOf(services(), { folder });
  return daemon;
};

const open = (options: TerminalOptions = {}): TestTerminal =>
  openTerminal([process.execPath, DEVLOOP], { cwd: folder, ...options });

/** The same below a shell, which says afterwards how the terminal's line discipline was left. */
const openBelowShell = (): TestTerminal =>
  openTerminal(['sh', '-c', `"${process.execPath}" "${DEVLOOP}"; echo "ended $?"; stty -a`], {
    cwd: folder,
    columns: 120,
  });

/** A frame without what changes by itself: how long a revision has been live. */
const ageless = (frame: string) => frame.replaceAll(/ \d+ d(?= )/g, '');

const under = (terminal: TestTerminal) => /^› \S+ +\S+ +(\S+)/m.exec(terminal.frame())?.[1];

describe('the screen', () => {
  let daemon: FakeDaemon;
  let terminal: TestTerminal;
  /** The first frame that it showed. */
  let opened = '';
  /** What it shows while nothing is done. */
  let idle: string | undefined;

  const close = async () => {
    idle = undefined;
    await terminal[Symbol.asyncDispose]();
    await daemon[Symbol.asyncDispose]();
    await removeProject();
  };

  // one for all that leave it as it was, and after a failure another
  beforeEach(async () => {
    if (idle !== undefined) return;
    await makeProject();
    daemon = await listen();
    daemon.logs = ['web', 'api'].map((service) => {
      const lines: [string, string][] = [['2026-01-01T12:00:00.5Z', `${service} is up`]];
      return { type: 'lines', service, pod: `${service}-1`, container: service, lines };
    });
    terminal = open({ columns: 100 });
    opened = await terminal.shows('● 3 live');
    idle = ageless(await terminal.shows('? help'));
  });

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') return await close();
    daemon.protocol = PROTOCOL_VERSION;
    daemon.commands.length = 0;
    daemon.show(snapshotOf(services(), { folder }));
    terminal.resize(100, 24);
    terminal.press('home');
    try {
      await terminal.until((frame) => ageless(frame) === idle, 'what it shows while nothing is done');
    } catch (error) {
      await close();
      throw error;
    }
  });

  afterAll(async () => {
    if (idle !== undefined) await close();
  });

  test('shows what the daemon says, and follows it', async () => {
    expect(opened).toContain('● connected');
    await terminal.until(() => terminal.modes().mouse, 'the mouse');
    expect(terminal.modes()).toEqual(OPEN);
    const failure = { code: 'build/failed', message: 'It broke.', remedy: 'Mend it.', evidence: ['why'] } as const;
    const api = liveService('api', { seenRevision: 4, failure: { ...failure, evidence: ['why'] } });
    daemon.sendView({ type: 'changed', services: [api] });
    await terminal.shows('✗ 1 failed · ● 2 live');
    terminal.press('!');
    expect(await terminal.shows('→ Mend it.')).toMatch(/› ✗ failed +api/);
  });

  test('keys move the cursor, also when they come all at once', async () => {
    terminal.type('jj');
    await terminal.shows('› ● live      worker');
    terminal.press('up');
    await terminal.shows('› ● live      api');
    terminal.click(5, 3);
    await terminal.shows('› ● live      web');
    expect(under(terminal)).toBe('web');
  });

  test('a key is a command, and its answer is said', async () => {
    daemon.answer = (command) =>
      command.type === 'pause'
        ? { type: 'pause', services: ['web'] }
        : { code: 'service/unknown', message: 'There is no web.', remedy: 'Name another.', evidence: [] };
    terminal.press('p');
    await terminal.shows('✓ web is paused');
    terminal.press('r');
    expect(await terminal.shows('✗ There is no web.')).toContain('→ Name another.');
    terminal.press('j');
    await terminal.hides('There is no web.');
    expect(daemon.commands).toEqual([
      { type: 'pause', services: ['web'] },
      { type: 'rebuild-service', service: 'web' },
    ]);
  });

  test('the palette finds an action on another service', async () => {
    daemon.answer = ({ type }) => ({ type, revision: 4 }) as never;
    terminal.press('ctrl-p');
    await terminal.shows('─ find');
    terminal.type('rebuild wor');
    await terminal.shows('› worker: rebuild');
    terminal.press('enter');
    await terminal.shows('✓ worker is built again.');
    expect(daemon.commands).toEqual([{ type: 'rebuild-service', service: 'worker' }]);
  });

  test('logs are there at once, of one service and of all', async () => {
    terminal.press('l');
    expect(await terminal.shows('web is up')).not.toContain('api is up');
    terminal.press('escape');
    await terminal.shows('› ● live      web');
    terminal.press('L');
    expect(await terminal.shows('api is up')).toContain('web is up');
    terminal.type('/is u');
    terminal.paste('p');
    terminal.press('enter');
    await terminal.shows('is up');
    terminal.press('escape', 'escape');
    await terminal.shows('› ● live      web');
  });

  test('a prompt takes a pasted answer, and says what is wrong with one', async () => {
    daemon.answer = ({ type }) => ({ type }) as never;
    terminal.press('f');
    await terminal.shows('─ Forward to web');
    terminal.paste('80 80\n');
    terminal.press('enter');
    await terminal.shows('✗ It must be LOCAL:PORT');
    terminal.press('ctrl-u');
    terminal.paste('9090:http');
    terminal.press('enter');
    await terminal.shows('✓ localhost:9090 leads to http of web.');
    expect(daemon.commands).toEqual([{ type: 'add-forward', service: 'web', local: 9090, port: 'http' }]);
  });

  test.each([
    [40, 12],
    [200, 60],
  ])('fits into %i×%i when it is resized', async (columns, rows) => {
    terminal.resize(columns, rows);
    const frame = await terminal.until(
      (text) => text.split('\n').at(-1)?.startsWith('? help') === true && text.startsWith('shop'),
      `all of its ${rows} rows`,
    );
    expect(frame.split('\n').filter((row) => row.includes('● live'))).toHaveLength(3);
  });

  test('gives the terminal back while it is stopped with Ctrl-Z, and comes back', async () => {
    terminal.press('ctrl-z');
    await terminal.until(() => isDeepStrictEqual(terminal.modes(), UNTOUCHED), 'the ordinary screen');
    await terminal.stopped();
    terminal.kill('SIGCONT');
    await terminal.until(() => terminal.modes().mouse, 'the screen again');
    expect(terminal.modes()).toEqual(OPEN);
    terminal.press('j');
    await terminal.shows('› ● live      api');
  });

  test('what is not understood is not shown wrongly', async () => {
    daemon.sendView({ type: 'changed', services: [{ ...liveService('web'), activity: { is: 'unheard-of' } }] });
    await terminal.shows('Restart the daemon with this version?');
    terminal.press('n');
  });

  describe('of a daemon that', () => {
    afterEach(async () => {
      await daemon[Symbol.asyncDispose]();
      daemon = await listen();
    });

    test('is lost is sought, said to be gone where none is there, and found again', async () => {
      await daemon[Symbol.asyncDispose](); // it breaks off every connection, and listens no more
      await terminal.shows('daemon gone, S starts it');
      daemon = await listen();
      daemon.show(snapshotOf([liveService('other')], { folder }));
      await terminal.shows('● connected');
      await terminal.shows('other');
    });

    test('says goodbye is said to have stopped', async () => {
      daemon.leave();
      await terminal.shows('daemon stopped, S starts it');
      terminal.press('r');
      expect(await terminal.shows('✗ No daemon runs for this project.')).toContain('→ Start it with S');
    });

    test('is replaced by one of another version can be restarted', async () => {
      daemon.protocol = { major: 99, minor: 0 };
      daemon.sendView({ type: 'goodbye', reason: 'asked to' });
      await terminal.shows('daemon of another version');
      await terminal.shows('Restart the daemon with this version?');
      terminal.press('n');
      await terminal.hides('Restart the daemon');
    });
  });
});

describe('at the beginning', () => {
  beforeEach(makeProject);
  afterEach(removeProject);

  test('keys that are pressed at the first frame are not echoed into it', async () => {
    await using _ = await listen();
    const record = path.join(scratch, 'modes');
    const spy = path.join(scratch, 'spy.mjs');
    await writeFile(
      spy,
      `import { appendFileSync } from 'node:fs';
       const write = process.stdout.write;
       process.stdout.write = function (chunk, ...rest) {
         appendFileSync(${JSON.stringify(record)}, \`\${process.stdin.isRaw ? 'raw' : 'cooked'} \${JSON.stringify(String(chunk))}\\n\`);
         return write.call(this, chunk, ...rest);
       };`,
    );
    await using terminal = open({ env: { NODE_OPTIONS: `--import ${spy}` } });
    await terminal.shows('● 3 live');
    const painted = (await readFile(record, 'utf8')).split('\n').filter((line) => line.includes('● 3 live'));
    expect(painted.length).toBeGreaterThan(0);
    expect(painted.filter((line) => !line.startsWith('raw '))).toEqual([]);
  });

  test('what the daemon cannot send now is asked for again, and nothing is printed', async () => {
    await using daemon = await listen();
    const at = '2026-01-01T12:00:00.5Z';
    daemon.logs = [{ type: 'lines', service: 'web', pod: 'web-1', container: 'web', lines: [[at, 'web is up']] }];
    daemon.details = [{ service: 'web', workloads: [], pods: [], passes: [], config: 'kind: Deployment' }];
    const report = { code: 'cluster/unreachable', message: 'No cluster.', remedy: 'Wait.', evidence: [] } as const;
    const paths = ['/v1/logs', '/v1/stream', '/v1/detail'];
    for (const refused of paths) daemon.refusals.set(refused, { ...report, evidence: [] });
    await using terminal = open();
    await terminal.shows('● 3 live');
    terminal.press('enter');
    await terminal.shows('asking the daemon');
    await daemon.requested('GET /v1/detail?service=web', 2);
    daemon.refusals.clear();
    await terminal.shows('kind: Deployment');
    terminal.press('l');
    await terminal.shows('web is up');
    await daemon.streaming();
    terminal.press('q');
    expect(await terminal.exited).toBe(0);
    expect(terminal.output).not.toMatch(/Warning|rejection/);
  });

  test('a part that is not understood beside the view is not shown wrongly either', async () => {
    await using daemon = await listen();
    const report = {
      code: 'daemon/version',
      message: 'It speaks nonsense.',
      remedy: 'Restart it.',
      evidence: [],
    } as const;
    daemon.refusals.set('/v1/logs', { ...report, evidence: [] });
    await using terminal = open();
    await terminal.shows('Restart the daemon with this version?');
    terminal.press('escape', 'q');
    expect(await terminal.exited).toBe(0);
    expect(terminal.output).not.toMatch(/Warning|rejection/);
  });

  test('a daemon that speaks another version can be restarted from the beginning', async () => {
    await using daemon = await listen();
    daemon.protocol = { major: 99, minor: 0 };
    await using terminal = open({ columns: 100 });
    expect(await terminal.shows('Restart the daemon with this version?')).toContain('protocol 99');
    terminal.press('escape', 'q');
    expect(await terminal.exited).toBe(0);
  });
});

describe('the terminal is as it was', () => {
  beforeEach(makeProject);
  afterEach(removeProject);

  test('after q', async () => {
    await using _ = await listen();
    await using terminal = openBelowShell();
    await terminal.shows('● 3 live');
    terminal.press('q');
    const frame = await terminal.shows('ended 0');
    expect(frame).toContain('Everything keeps running');
    expect(await terminal.exited).toBe(0);
    expect(terminal.modes()).toEqual(UNTOUCHED);
    expect(terminal.frame()).toMatch(/ icanon/);
    expect(terminal.frame()).toMatch(/ echo /);
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGHUP', 143],
    ['SIGINT', 0],
  ] as const)('after %s', async (signal, exitCode) => {
    await using _ = await listen();
    await using terminal = open();
    await terminal.shows('● 3 live');
    terminal.kill(signal);
    expect(await terminal.exited).toBe(exitCode);
    expect(terminal.modes()).toEqual(UNTOUCHED);
  });

  test('after a mistake of ours, which is told', async () => {
    await using _ = await listen();
    const mistake = path.join(scratch, 'mistake.mjs');
    await writeFile(mistake, "process.on('SIGUSR2', () => { throw new Error('boom'); });");
    await using terminal = open({ env: { NODE_OPTIONS: `--import ${mistake}` } });
    await terminal.shows('● 3 live');
    terminal.kill('SIGUSR2');
    expect(await terminal.exited).toBe(1);
    expect(terminal.modes()).toEqual(UNTOUCHED);
    expect(terminal.frame()).toContain('devloop made a mistake: boom');
  });
});
