import type { Command } from '@devloop/shared/protocol/command';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { liveService } from '../../daemon/daemon.fake.ts';
import { frameRows } from '../frame/frame.ts';
import { report, world } from '../frame/worlds.fake.ts';
import type { KeyName } from '../keys/key-binding.ts';
import { LogStore } from '../logs/log-store.ts';
import { say } from '../logs/logs.fake.ts';
import { rowWidth } from '../paint/row.ts';
import { DETAIL_KEYS, LOGS_SCREEN_KEYS, OVERVIEW_KEYS } from './bindings.ts';
import type { Intent } from './intent.ts';
import { reduceUi } from './reduce-ui.ts';
import type { UiView } from './step.ts';
import { INITIAL_STATE, type UiState } from './ui-state.ts';

const web = liveService('web', {
  replicas: { wanted: 2, ready: 2 },
  urls: [{ url: 'http://localhost:8080', through: 'forward' }],
  forwards: [{ local: 8080, port: 'http', status: 'listening' }],
});
const api = liveService('api', { paused: true });
const worker = liveService('worker', { seenRevision: 4, failure: report('It broke.'), pods: [] });
const VIEW: UiView = {
  services: [web, api, worker],
  link: { is: 'connected', pid: 7 },
  body: { columns: 80, rows: 20 },
  logs: new LogStore(),
  detailEnd: 5,
  sandbox: false,
};
const START: UiState = { ...INITIAL_STATE, selected: 'web' };

/** The state and the intents after some keys. */
function press(keys: readonly KeyName[], from = START, view = VIEW): { state: UiState; intents: Intent[] } {
  const intents: Intent[] = [];
  const state = keys.reduce((before, key) => {
    const next = reduceUi(before, { type: 'key', key }, view);
    intents.push(...next.intents);
    return next.state;
  }, from);
  return { state, intents };
}

const typed = (text: string) => [...text].map((letter) => (letter === ' ' ? 'space' : letter));

describe('the cursor', () => {
  test.each([
    [['j'], 'api'],
    [['j', 'j', 'j', 'j'], 'worker'],
    [['down', 'k'], 'web'],
    [['G'], 'worker'],
    [['G', 'g'], 'web'],
    [['page-down'], 'worker'],
    [['!'], 'worker'],
    [['e', 'e'], 'worker'],
  ])('after %j is on %s', (keys, selected) => {
    expect(press(keys).state.selected).toBe(selected);
  });

  test('stays on its service when others come and go, and finds another when it is gone', () => {
    const on = { ...START, selected: 'api' };
    const without = (name: string) => ({ ...VIEW, services: VIEW.services.filter((one) => one.name !== name) });
    expect(reduceUi(on, { type: 'services-changed' }, without('web')).state.selected).toBe('api');
    expect(reduceUi(on, { type: 'services-changed' }, without('api')).state.selected).toBe('web');
    const open = press(['enter'], on).state;
    expect(reduceUi(open, { type: 'services-changed' }, without('api')).state.screen).toBe('overview');
  });

  test('goes where the mouse clicks, and a second click opens', () => {
    const click = (from: UiState) =>
      reduceUi(from, { type: 'mouse', event: { is: 'click', column: 4, row: 2 } }, VIEW).state;
    expect(click(START)).toMatchObject({ selected: 'api', screen: 'overview' });
    expect(click(click(START))).toMatchObject({ selected: 'api', screen: 'detail' });
  });
});

describe('a key on a service', () => {
  const cases: [string, KeyName[], Command][] = [
    ['rebuild', ['r'], { type: 'rebuild-service', service: 'web' }],
    ['restart', ['R'], { type: 'restart-service', service: 'web' }],
    ['pause', ['p'], { type: 'pause', services: ['web'] }],
    ['resume', ['j', 'p'], { type: 'resume', services: ['api'] }],
    ['pause all', ['P'], { type: 'pause', services: [] }],
    ['one more', ['+'], { type: 'scale-service', service: 'web', replicas: 3 }],
    ['one less', ['-'], { type: 'scale-service', service: 'web', replicas: 1 }],
    ['so many', ['s', 'ctrl-u', '5', 'enter'], { type: 'scale-service', service: 'web', replicas: 5 }],
    ['forward', ['f', 'ctrl-u', ...typed('80'), 'enter'], { type: 'add-forward', service: 'web', local: 80, port: 80 }],
    ['no forward', ['F', 'enter'], { type: 'remove-forward', service: 'web', local: 8080 }],
    [
      'delete a pod',
      ['D', 'enter'],
      { type: 'delete-pod', service: 'web', namespace: 'shop', pod: 'web-7d9c5b8f6-abcde' },
    ],
    ['by the palette', ['ctrl-p', ...typed('rebuild api'), 'enter'], { type: 'rebuild-service', service: 'api' }],
    ['on the logs', ['l', 'r'], { type: 'rebuild-service', service: 'web' }],
    ['on the details', ['enter', 'R'], { type: 'restart-service', service: 'web' }],
  ];
  test.each(cases)('%s', (_, keys, command) => {
    expect(press(keys).intents).toMatchObject([{ is: 'command', command }]);
  });

  test.each<[string, KeyName[], Intent]>([
    ['open', ['o'], { is: 'open-url', url: 'http://localhost:8080' }],
    ['copy', ['y'], { is: 'copy', text: 'http://localhost:8080', what: 'http://localhost:8080' }],
    ['shell', ['x'], { is: 'ask-container', service: 'web' }],
    ['roll back', ['b'], { is: 'ask-build', service: 'web' }],
    ['stop', ['Q', 'y'], { is: 'stop-daemon' }],
    ['down', ['X'], { is: 'ask-down' }],
    ['leave', ['q'], { is: 'quit' }],
    ['leave from everywhere', ['enter', 'ctrl-c'], { is: 'quit' }],
  ])('%s', (_, keys, intent) => {
    expect(press(keys).intents).toEqual([intent]);
  });

  test.each<[string, KeyName[], string]>([
    ['no address', ['j', 'o'], 'api has no address that this machine reaches.'],
    ['no pod', ['G', 'D'], 'worker has no pod.'],
    ['a daemon that runs', ['S'], 'The daemon runs.'],
    ['logs of all', ['L', 'r'], 'These are the logs of all services.'],
  ])('that makes no sense is answered: %s', (_, keys, message) => {
    const { state, intents } = press(keys);
    expect(intents).toEqual([]);
    expect(state.toast).toMatchObject({ is: 'error', report: { message, remedy: expect.any(String) } });
    expect(press(['k'], state).state.toast).toBeUndefined();
  });
});

describe('what lies over the screen', () => {
  test('takes all keys, and is left with escape', () => {
    for (const key of ['?', ':', 'Q', 's', 'F', 'D']) {
      const { state } = press([key]);
      expect(state.overlay, key).toBeDefined();
      const left = press(['escape'], state);
      expect(left.state.overlay, key).toBeUndefined();
      expect(left.intents).toEqual([]);
    }
  });

  test('does nothing that is not confirmed', () => {
    for (const key of ['n', 'q', 'enter', 'escape', 'r', 'space']) expect(press(['Q', key]).intents).toEqual([]);
  });

  test('says what is wrong with an answer, and keeps it', () => {
    const { state, intents } = press(['s', 'ctrl-u', ...typed('many'), 'enter']);
    expect(intents).toEqual([]);
    expect(state.overlay).toMatchObject({ problem: 'It must be a number from 0 to 100.', input: { text: 'many' } });
  });
});

describe('the logs', () => {
  test('go back to where they were opened', () => {
    expect(press(['l', 'escape']).state.screen).toBe('overview');
    expect(press(['enter', 'l', 'escape']).state.screen).toBe('detail');
    expect(press(['l', '/', 'q', 'escape']).state.screen).toBe('logs');
  });

  test('take the cursor along to the service that they show', () => {
    const logs = new LogStore();
    say(logs, 'web', ['a']);
    say(logs, 'api', ['b']);
    const { state } = press(['l', 's'], START, { ...VIEW, logs });
    expect([state.logs.service, state.selected]).toEqual(
      state.logs.service === undefined ? [undefined, 'web'] : [state.logs.service, state.logs.service],
    );
  });
});

test('whatever is pressed, on whatever size, the frame is a frame', () => {
  const keys = [...OVERVIEW_KEYS, ...DETAIL_KEYS, ...LOGS_SCREEN_KEYS].flatMap((binding) => binding.keys);
  const key = fc.oneof(
    fc.constantFrom(...keys, 'escape', 'y', 'n', 'enter'),
    fc.string({ minLength: 1, maxLength: 1 }),
  );
  const sizes = fc.record({ columns: fc.integer({ min: 1, max: 200 }), rows: fc.integer({ min: 1, max: 60 }) });
  fc.assert(
    fc.property(fc.array(key, { maxLength: 30 }), sizes, (pressed, size) => {
      const logs = new LogStore();
      say(logs, 'web', ['one', 'two', 'three']);
      const { state } = press(pressed, START, { ...VIEW, logs });
      const rows = frameRows(world(VIEW.services, { state, logs }), size);
      expect(rows).toHaveLength(size.rows);
      expect(Math.max(...rows.map(rowWidth))).toBeLessThanOrEqual(size.columns);
    }),
    { numRuns: 200 },
  );
});
