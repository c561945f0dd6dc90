import type { DaemonEvent } from '@devloop/shared/protocol/event';
import type { DaemonSnapshot } from '@devloop/shared/protocol/snapshot';
import { describe, expect, test } from 'vitest';
import { liveService, snapshotOf } from '../daemon/daemon.fake.ts';
import { paletteFor } from '../terminal/palette.ts';
import { formatLine } from './plain-line.ts';
import { PlainPrinter, type PlainPrinterOptions } from './plain-printer.ts';

const START = Date.parse('2026-01-01T12:10:00.000Z');
const NO_COLOUR = paletteFor({}, {});
const FAILURE = {
  code: 'build/failed',
  message: 'Step 4/7 (RUN npm ci) ended with exit code 1.',
  remedy: 'Mend web/package.json and save.',
  evidence: ['npm error missing: left-pad'],
} as const;

/** A printer, and a clock that the test moves. */
class Stage {
  readonly printer: PlainPrinter;
  nowMs = START;
  #seq = 0;

  constructor(options: Partial<PlainPrinterOptions> = {}) {
    this.printer = new PlainPrinter({ cwd: '/projects/shop', ...options });
  }

  snapshot(snapshot: DaemonSnapshot): string {
    return this.#text(this.printer.message({ type: 'snapshot', snapshot }, this.nowMs));
  }

  event(...events: DaemonEvent[]): string {
    const lines = events.flatMap((event) => {
      this.#seq += 1;
      const published = { v: 1 as const, seq: this.#seq, at: new Date(this.nowMs).toISOString(), event };
      return this.printer.message({ type: 'event', published }, this.nowMs);
    });
    return this.#text(lines);
  }

  after(ms: number): string {
    this.nowMs += ms;
    return this.#text(this.printer.tick(this.nowMs));
  }

  #text(lines: Parameters<typeof formatLine>[0][]): string {
    return lines.map((line) => formatLine(line, this.printer.labelWidth, NO_COLOUR)).join('\n');
  }
}

const output = (line: string): DaemonEvent => ({
  type: 'output',
  service: 'web',
  source: 'build',
  stream: 'stdout',
  line,
});
const passEnded = (more: Partial<Extract<DaemonEvent, { type: 'pass-ended' }>> = {}): DaemonEvent => ({
  type: 'pass-ended',
  service: 'web',
  revision: 4,
  outcome: 'live',
  kind: 'swap',
  times: {
    noticedAt: START,
    startedAt: START + 2,
    contextAt: START + 5,
    builtAt: START + 180,
    appliedAt: START + 210,
    containerStartedAt: START + 420,
    readyAt: START + 480,
    endedAt: START + 485,
  },
  ...more,
});
const changeSeen = (paths: string[], count = paths.length): DaemonEvent => ({
  type: 'change-seen',
  service: 'web',
  revision: 4,
  cause: 'files',
  paths,
  count,
  noticedAt: START,
});

describe('the state at the start', () => {
  test('project, cluster and services, with what is wrong', () => {
    const stage = new Stage();
    expect(
      stage.snapshot(
        snapshotOf([
          liveService('web', { forwards: [{ local: 8080, port: 'http', status: 'listening' }] }),
          liveService('api', { seenRevision: 4, failure: { ...FAILURE, evidence: [...FAILURE.evidence] } }),
          liveService('database', {
            activity: {
              is: 'working',
              revision: 4,
              phase: 'rollout',
              detail: 'ready 1/2',
              since: '2026-01-01T12:09:59.000Z',
            },
          }),
          liveService('mail', {
            activity: { is: 'held', hold: { reason: 'waiting-for-dependency', on: ['database'] } },
          }),
          liveService('new', { seenRevision: 0, liveRevision: 0 }),
        ]),
      ),
    ).toMatchInlineSnapshot(`
      "shop: minikube v1.34.0 · context minikube · namespace shop · Docker 28.1.1 (buildkit, minikube docker-env)
      web       live for 10 min
      web       localhost:8080 → http
      api         npm error missing: left-pad
      api       failed: Step 4/7 (RUN npm ci) ended with exit code 1.
      api       → Mend web/package.json and save.
      database  ready 1/2
      mail      waits until database is live
      new       not live yet"
    `);
  });

  test('a config with problems, files named relative to where the user is', () => {
    const diagnostics = [
      {
        file: '/projects/shop/devloop.yaml',
        line: 3,
        column: 5,
        length: 6,
        source: '    rolout: swap',
        message: 'There is no key `rolout`.',
        hint: 'Did you mean `rollout`?',
      },
    ];
    expect(new Stage().snapshot(snapshotOf([], { diagnostics, cluster: { is: 'connecting' } }))).toMatchInlineSnapshot(`
      "shop: connecting to the cluster
      The configuration has problems.
      devloop.yaml:3:5: There is no key \`rolout\`.
        3 |     rolout: swap
          |     ~~~~~~
        Did you mean \`rollout\`?
      → Mend that and save."
    `);
  });

  test('only of the services that were asked for', () => {
    const stage = new Stage({ services: ['api'] });
    const text = stage.snapshot(snapshotOf([liveService('web'), liveService('api')]));
    expect(text.split('\n').slice(1)).toEqual(['api  live for 10 min']);
    expect(stage.event(changeSeen(['web/server.js']), passEnded())).toBe('');
  });
});

test('somebody who waits is not told of what is live already', () => {
  expect(new Stage({ brief: true }).snapshot(snapshotOf([liveService('web')]))).toBe('');
});

describe('a save', () => {
  test('is told in two lines when it is quick', () => {
    const stage = new Stage();
    stage.snapshot(snapshotOf([liveService('web'), liveService('database')]));
    const text = stage.event(
      changeSeen(['server.js']),
      { type: 'pass-started', service: 'web', revision: 4 },
      { type: 'build-started', service: 'web', image: 'web:devloop-1' },
      output('Step 1/3'),
      { type: 'image-ready', service: 'web', image: 'web:devloop-1', imageId: 'sha256:1', reused: false },
      { type: 'object-applied', service: 'web', object: 'Deployment/web', action: 'configured' },
      passEnded(),
    );
    expect(text).toMatchInlineSnapshot(`
      "web       change in server.js
      web       live in 0.48 s  (build 0.17, apply 0.03, start 0.21, ready 0.06 · swap)"
    `);
    expect(stage.after(5000)).toBe('');
  });

  test('that is live with a reservation says which', () => {
    const note = 'Site/web was applied, and no controller has made pods of it\nand so on';
    expect(new Stage().event(passEnded({ note })).split('\n').slice(1)).toEqual([
      'web  Site/web was applied, and no controller has made pods of it',
      'web  and so on',
    ]);
  });

  test('of many files names the first', () => {
    expect(new Stage().event(changeSeen(['a.js', 'b.js', 'c.js'], 40))).toBe('web  change in a.js and 39 more files');
  });

  test('shows what it does when that takes longer than a second, and again only when it is something else', () => {
    const stage = new Stage();
    const lines = [
      stage.event(changeSeen(['server.js']), { type: 'pass-started', service: 'web', revision: 4 }),
      stage.event({ type: 'phase-changed', service: 'web', revision: 4, phase: 'rollout', detail: 'ready 0/2' }),
      stage.after(900),
      stage.after(200),
      stage.after(2000),
      stage.event({ type: 'phase-changed', service: 'web', revision: 4, phase: 'rollout', detail: 'ready 1/2' }),
      stage.after(250),
      stage.after(1000),
      stage.after(5000),
      stage.after(5000),
    ];
    expect(lines).toMatchInlineSnapshot(`
      [
        "web  change in server.js",
        "",
        "",
        "web  ready 0/2 · 1 s",
        "",
        "",
        "web  ready 1/2 · 3 s",
        "",
        "",
        "web  ready 1/2 · 14 s",
      ]
    `);
  });

  test('shows the output of a build that takes over a second, and not again when it fails', () => {
    const stage = new Stage();
    stage.event({ type: 'build-started', service: 'web', image: 'web:devloop-1' });
    expect(stage.event(output('one'))).toBe('');
    expect(stage.after(1100)).toBe('web  one');
    expect(stage.event(output('\u001b[31mnpm error missing: left-pad\u001b[0m'))).toBe(
      'web  npm error missing: left-pad',
    );
    expect(
      stage.event(passEnded({ outcome: 'failed', failure: { ...FAILURE, evidence: [...FAILURE.evidence] } })),
    ).toMatchInlineSnapshot(`
      "web  failed: Step 4/7 (RUN npm ci) ended with exit code 1.
      web  → Mend web/package.json and save."
    `);
  });

  test('shows the evidence of a quick build that fails, or its last lines', () => {
    const stage = new Stage();
    stage.event({ type: 'build-started', service: 'web', image: 'web:devloop-1' }, output('one'), output('two'));
    expect(
      stage.event(passEnded({ outcome: 'failed', failure: { ...FAILURE, evidence: [...FAILURE.evidence] } })),
    ).toMatchInlineSnapshot(`
      "web    npm error missing: left-pad
      web  failed: Step 4/7 (RUN npm ci) ended with exit code 1.
      web  → Mend web/package.json and save."
    `);
    stage.event({ type: 'build-started', service: 'web', image: 'web:devloop-1' });
    stage.event(...Array.from({ length: 30 }, (_, index) => output(`line ${index}`)));
    const lines = stage.event(passEnded({ outcome: 'failed', failure: { ...FAILURE, evidence: [] } })).split('\n');
    expect(lines.filter((line) => line.startsWith('web    line'))).toHaveLength(20);
    expect(lines).toContain('web    line 29');
  });

  test('shows everything when that is asked for', () => {
    const stage = new Stage({ verbose: true });
    expect(
      stage.event(
        { type: 'build-started', service: 'web', image: 'web:devloop-1' },
        output('one'),
        { type: 'image-ready', service: 'web', image: 'web:devloop-1', imageId: 'sha256:1', reused: false },
        { type: 'object-applied', service: 'web', object: 'Service/web', action: 'unchanged' },
        { type: 'object-applied', service: 'web', object: 'Deployment/web', action: 'configured' },
        passEnded({ outcome: 'superseded' }),
      ),
    ).toMatchInlineSnapshot(`
      "web  builds web:devloop-1
      web  one
      web  built web:devloop-1
      web  configured Deployment/web
      web  given up for a newer change"
    `);
  });
});

test('a hold is told once, until it is another', () => {
  const stage = new Stage();
  const held = (on: string): DaemonEvent => ({
    type: 'service-held',
    service: 'web',
    hold: { reason: 'waiting-for-dependency', on: [on] },
  });
  expect(stage.event(held('api'), held('api'), held('db'))).toBe(
    'web  waits until api is live\nweb  waits until db is live',
  );
});

test('the cluster is told of for the project, not for each service', () => {
  const stage = new Stage();
  const lost = {
    code: 'cluster/stopped',
    message: 'minikube is not running.',
    remedy: 'Start it: minikube start',
    evidence: [],
  } as const;
  const hold = { reason: 'waiting-for-cluster', detail: 'minikube is not running.' } as const;
  expect(
    [
      stage.snapshot(snapshotOf([liveService('web')], { cluster: { is: 'connecting' } })),
      stage.after(500),
      stage.after(600),
      stage.event({
        type: 'cluster-changed',
        cluster: { is: 'lost', failure: { ...lost, evidence: [] }, since: '2026-01-01T12:00:00Z' },
      }),
      stage.event({ type: 'service-held', service: 'web', hold }),
      stage.after(20_000),
      stage.event({ type: 'cluster-changed', cluster: snapshotOf([]).cluster }),
    ].join('\n'),
  ).toMatchInlineSnapshot(`
    "shop: connecting to the cluster
    web  live for 10 min

    connecting to the cluster · 1 s
    no cluster: minikube is not running.
    → Start it: minikube start


    connected: minikube v1.34.0 · context minikube · namespace shop · Docker 28.1.1 (buildkit, minikube docker-env)"
  `);
});

test('what is rare is said aloud', () => {
  const stage = new Stage();
  const warning = {
    code: 'watch/limit',
    message: 'No file watches are left.',
    remedy: 'sudo sysctl fs.inotify.max_user_watches=524288',
    evidence: [],
  } as const;
  expect(
    stage.event(
      {
        type: 'config-loaded',
        project: 'shop',
        services: ['web', 'api'],
        added: ['api'],
        removed: ['old'],
        changed: [],
      },
      {
        type: 'object-applied',
        service: 'web',
        object: 'Job/seed',
        action: 'replaced',
        because: 'its template is immutable',
      },
      { type: 'object-applied', object: 'ConfigMap/old', action: 'pruned' },
      { type: 'warning-raised', warning: { ...warning, evidence: [] } },
      { type: 'warning-raised', warning: { ...warning, evidence: [] } },
      { type: 'warning-cleared', code: 'watch/limit' },
      {
        type: 'service-degraded',
        service: 'api',
        failure: { ...FAILURE, code: 'rollout/failed', message: 'It crashed.', evidence: [] },
      },
      { type: 'service-recovered', service: 'api' },
      { type: 'forward-changed', service: 'api', local: 9000, port: 'http', status: 'listening' },
      { type: 'forward-changed', service: 'api', local: 20_001, port: 81, status: 'listening', chosen: true },
      {
        type: 'forward-refused',
        service: 'api',
        local: 9000,
        port: 'http',
        failure: { ...FAILURE, code: 'forward/not-ready', message: 'No pod is ready.', evidence: [] },
      },
      { type: 'output', service: 'web', source: 'afterReady', stream: 'stdout', line: 'seeded' },
      { type: 'daemon-stopping', reason: 'asked to' },
    ),
  ).toMatchInlineSnapshot(`
    "The configuration is in force: added api; removed old.
    web  replaced Job/seed: its template is immutable
    deleted ConfigMap/old, no manifest has it any more
    Note: No file watches are left.
    → sudo sysctl fs.inotify.max_user_watches=524288
    No longer so: No file watches are left.
    api  not well: It crashed.
    api  → Mend web/package.json and save.
    api  well again
    api  localhost:9000 → http
    api  localhost:20001 → 81 (chosen)
    api  localhost:9000: No pod is ready.
    api  → Mend web/package.json and save.
    web  afterReady: seeded
    The daemon is stopping: asked to"
  `);
});

test('a gap and a goodbye are told', () => {
  const printer = new PlainPrinter({ cwd: '/' });
  expect(printer.message({ type: 'gap', missed: 7 }, START)[0]?.text).toBe('… 7 events are missing here');
  expect(printer.message({ type: 'goodbye', reason: 'asked to' }, START)[0]?.text).toBe('The daemon ends: asked to');
});

test('a service keeps its colour, and there is none without a terminal or with NO_COLOR', () => {
  const colours = paletteFor({ isTTY: true }, {});
  expect(colours.service('web')('web')).toBe(colours.service('web')('web'));
  expect(colours.service('web')('web')).not.toBe('web');
  for (const palette of [
    paletteFor({}, {}),
    paletteFor({ isTTY: true }, { NO_COLOR: '1' }),
    paletteFor({ isTTY: true }, { TERM: 'dumb' }),
  ]) {
    expect(palette.service('web')('web')).toBe('web');
    expect(palette.bad('x')).toBe('x');
  }
});

test('what the user asked for is told, and that saves wait', () => {
  const stage = new Stage();
  stage.snapshot(snapshotOf([liveService('web')]));
  const about = { service: 'web' };
  const asked = (what: 'restart' | 'scale' | 'roll-back' | 'rebuild'): DaemonEvent => ({
    ...{ ...about, type: 'change-seen', revision: 5, cause: 'asked', asked: what },
    ...{ paths: [], count: 0, noticedAt: START },
  });
  expect(stage.event({ ...about, type: 'service-paused' })).toMatch(/web +paused: saves wait until it is resumed/);
  // the same hold again says nothing new
  expect(stage.event({ ...about, type: 'service-held', hold: { reason: 'paused' } })).toBe('');
  expect(stage.event({ ...about, type: 'service-resumed' })).toMatch(/web +resumed/);
  expect(stage.event(asked('restart'))).toMatch(/restart asked for/);
  expect(stage.event(asked('rebuild'))).toMatch(/rebuild asked for/);
  expect(stage.event({ ...about, type: 'service-scaled', replicas: 3 }, asked('scale'))).toMatch(
    /^web +scaled to 3 replicas$/,
  );
  const back = stage.event({ ...about, type: 'service-rolled-back', image: 'web:1' }, asked('roll-back'));
  expect(back).toMatch(/^web +rolled back to web:1$/);
  expect(stage.event({ ...about, type: 'pod-deleted', namespace: 'shop', pod: 'web-1' })).toMatch(/deleted pod web-1/);
});
