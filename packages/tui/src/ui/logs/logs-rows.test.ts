import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rowWidth } from '../paint/row.ts';
import { textWidth } from '../paint/text-width.ts';
import { LogStore } from './log-store.ts';
import { at, LogsUser, rowText, say } from './logs.fake.ts';
import { LOGS_KEYS, type LogsKeyAction } from './logs-keys.ts';
import { logsRows } from './logs-rows.ts';
import { initialLogs } from './logs-state.ts';
import { type LogsAction, reduceLogs } from './reduce-logs.ts';

const nasty = fc.constantFrom(
  'plain text',
  '{"level":"error","a":{"b":[1,"\u0000"]}}',
  '👨‍👩‍👧‍👦',
  'e\u0301\u0301',
  '\u0301',
  '漢字',
  'ｶﾞ',
  'العربية',
  '\u202e\u2066',
  '\ud83d',
  '\ude00',
  '\u001b[31m',
  '\u001b]8;;http://x\u0007',
  '\u009b5A',
  '\t',
  '\r',
  '\u0000',
  '\n',
  '\u1100\u1161\u11a8',
  '🇩🇪🇩',
  '\u200d',
  '\ufe0f',
  'z\u0300'.repeat(50),
  'x'.repeat(400),
  '日'.repeat(300),
  '  ',
);
const text = fc.array(nasty, { maxLength: 6 }).map((parts) => parts.join(''));
const name = fc.oneof(fc.constantFrom('web', 'db', 'a-service-with-a-very-long-name'), text);
const message = fc.oneof(
  fc.record({
    type: fc.constant('lines' as const),
    service: name,
    pod: fc.oneof(fc.constantFrom('web-1-aaaaa', 'web-1-bbbbb'), text),
    container: fc.constantFrom('main', 'sidecar', '漢字漢字漢字漢字'),
    lines: fc.array(fc.tuple(fc.integer({ min: 0, max: 1e6 }).map(at), text)),
  }),
  fc.record({
    type: fc.constant('output' as const),
    service: name,
    source: fc.constantFrom('build' as const, 'beforeBuild' as const, 'afterReady' as const),
    lines: fc.array(fc.tuple(fc.constantFrom(at(5), '', 'no time'), text)),
  }),
  fc.record({
    type: fc.constant('gap' as const),
    service: name,
    pod: fc.constant('web-1-aaaaa'),
    container: fc.constant('main'),
    because: text,
  }),
);
const keyAction = fc.constantFrom<LogsKeyAction>(...LOGS_KEYS.map(({ action }) => action));
const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('key' as const), action: keyAction }) },
  fc.record({
    type: fc.constant('typed' as const),
    key: fc.constantFrom('a', 'x', '/', '漢', '(', 'left', 'enter', 'backspace', 'escape', 'up'),
  }),
  fc.record({ type: fc.constant('pasted' as const), text }),
  fc.record({ type: fc.constant('scroll' as const), rows: fc.integer({ min: -200, max: 200 }) }),
  fc.record({ type: fc.constant('click' as const), row: fc.integer({ min: 0, max: 90 }) }),
  fc.record({ type: fc.constant('select-service' as const), service: fc.constantFrom(undefined, 'web', 'gone') }),
  fc.record({ type: fc.constantFrom('stored' as const, 'work' as const) }),
);
const size = fc.record({ columns: fc.integer({ min: 1, max: 300 }), rows: fc.integer({ min: 1, max: 80 }) });

test('no text and no key breaks the frame', () => {
  fc.assert(
    fc.property(fc.array(message), fc.array(fc.oneof(message, action)), size, (first, steps, frame) => {
      const store = new LogStore({ entries: 40, characters: 30_000 });
      for (const each of first) store.add(each);
      let state = initialLogs();
      const sound = new Set<string>(); // what earlier steps have shown: most rows stay
      for (const step of steps) {
        if (step.type === 'lines' || step.type === 'output' || step.type === 'gap') store.add(step);
        else state = reduceLogs(state, keyOrText(step, state.asking !== undefined), store, frame);
        const rows = logsRows(state, store, frame);
        expect(rows).toHaveLength(frame.rows);
        for (const row of rows) {
          const spans = row.map(({ text }) => text).join('\n');
          if (sound.has(spans)) continue;
          const text = rowText(row);
          expect(rowWidth(row)).toBeLessThanOrEqual(frame.columns);
          expect(textWidth(text)).toBeLessThanOrEqual(frame.columns);
          expect(text).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Surrogate}\u2028\u2029]/u);
          sound.add(spans);
        }
      }
    }),
    { numRuns: 150 },
  );
});

/** As the shell routes keys. */
function keyOrText(step: LogsAction, isAsking: boolean): LogsAction {
  if (isAsking && step.type === 'key') return { type: 'typed', key: 'x' };
  return !isAsking && step.type === 'typed' ? { type: 'stored' } : step;
}

describe('what a frame shows', () => {
  test('says who wrote each line: pods and containers only where there are several', () => {
    const store = new LogStore();
    say(store, 'web', ['from web'], 0);
    store.add({ type: 'lines', service: 'db', pod: 'db-0', container: 'main', lines: [[at(1), 'from the first']] });
    store.add({ type: 'lines', service: 'db', pod: 'db-1', container: 'main', lines: [[at(2), 'from the second']] });
    store.add({ type: 'lines', service: 'db', pod: 'db-1', container: 'proxy', lines: [[at(3), 'from the proxy']] });
    const user = new LogsUser(store, { columns: 80, rows: 5 });
    expect(user.sees()).toEqual([
      'all services · following',
      ' web            from web',
      ' db db-0 main   from the first',
      ' db db-1 main   from the second',
      ' db db-1 proxy  from the proxy',
    ]);
    const narrow = new LogsUser(store, { columns: 40, rows: 5 });
    expect(narrow.sees().slice(1)).toEqual([
      ' web      from web',
      ' db db-0  from the first',
      ' db db-1  from the second',
      ' db db-1  from the proxy',
    ]);
    user.does({ type: 'select-service', service: 'web' });
    expect(user.sees()).toEqual(['web · following', '   from web', '', '', '']);
  });

  test('tells builds, hooks, gaps and crashes from what a container wrote, without colours', () => {
    const store = new LogStore();
    store.add({ type: 'output', service: 'web', source: 'build', lines: [[at(0), 'COPY . .']] });
    store.add({ type: 'output', service: 'web', source: 'afterReady', lines: [[at(1), 'migrated']] });
    say(store, 'web', ['listening'], 2);
    store.crash('web', 'web-7d9f-abcde', 'web', at(3), 'exit code 137');
    store.add({ type: 'gap', service: 'web', pod: 'web-7d9f-abcde', container: 'web', because: 'too slow' });
    const user = new LogsUser(store, { columns: 80, rows: 6 });
    expect(user.sees().slice(1)).toEqual([
      ' web› COPY . .',
      ' web» migrated',
      ' web  listening',
      ' web┄ ✗ exit code 137',
      ' web┄ … lines are missing here: too slow',
    ]);
    expect(user.status()).toContain('1 gap');
    user.presses('steps');
    expect(user.sees().slice(1, 3)).toEqual([' web  listening', ' web┄ ✗ exit code 137']);
    expect(user.status()).toContain('no builds');
  });

  test('has the time on demand', () => {
    const store = new LogStore();
    say(store, 'web', ['hello'], 7);
    const user = new LogsUser(store, { columns: 80, rows: 2 });
    user.presses('timestamps');
    expect(user.sees()[1]).toMatch(/^ \d\d:\d\d:00\.007 web {2}hello$/);
    user.presses('timestamps');
    expect(user.sees()[1]).toBe(' 2026-01-01T12:00:00.007Z web  hello');
    user.presses('timestamps');
    expect(user.sees()[1]).toBe(' web  hello');
  });

  test('cuts long lines, moves them, or wraps them', () => {
    const store = new LogStore();
    say(store, 'web', ['abcdefghijklmnopqrstuvwxyz0123456789']);
    const user = new LogsUser(store, { columns: 36, rows: 4 });
    expect(user.sees()[1]).toBe(' web  abcdefghijklmnopqrstuvwxyz012…');
    user.presses('right');
    expect(user.sees()[1]).toBe(' web  …lmnopqrstuvwxyz0123456789');
    user.presses('right');
    expect(user.state.shift).toBe(10);
    user.presses('wrap');
    expect(user.sees().slice(1, 3)).toEqual([' web  abcdefghijklmnopqrstuvwxyz0123', '      456789']);
  });

  test('spreads JSON on demand, of all lines or of one', () => {
    const store = new LogStore();
    say(store, 'web', ['{"a":1}', '{"b":[2]}']);
    const user = new LogsUser(store, { columns: 80, rows: 9 });
    user.presses('json');
    expect(user.texts()).toEqual(['{', '"a": 1', '}', '{', '"b": [', '2', ']', '}']);
    user.presses('json', 'expand');
    expect(user.sees().slice(1, 4)).toEqual([' web  {"a":1}', '▸web  {', '│       "b": [']);
    user.presses('expand');
    expect(user.sees().slice(1, 4)).toEqual([' web  {"a":1}', '▸web  {"b":[2]}', '']);
  });

  test('highlights whole characters only', () => {
    const store = new LogStore();
    say(store, 'web', ['one e\u0301 two e']);
    const user = new LogsUser(store, { columns: 40, rows: 3 });
    user.presses('search');
    user.types('e', 'enter');
    const found = logsRows(user.state, store, user.size)[1]?.filter(({ style }) => style?.inverse === true);
    expect(found?.map(({ text: piece }) => piece)).toEqual(['web', 'e', 'e\u0301', 'e']);
  });

  test('shows what is typed with a cursor, also where there is little room', () => {
    const store = new LogStore();
    const user = new LogsUser(store, { columns: 20, rows: 3 });
    user.presses('search');
    user.types('abcdefghijklmnopqrstuvwxyz');
    expect(user.sees().at(-1)).toBe('hijklmnopqrstuvwxyz ');
    user.types('', 'home');
    expect(user.sees().at(-1)).toBe('abcdefghijklmnopqrs…');
  });
});

describe('what a frame costs', () => {
  const many = Array.from({ length: 20_000 }, (_, index) => `line ${index} ${'\u001b[32mok\u001b[0m'}`);

  test.each([
    ['cut', []],
    ['wrapped', ['wrap']],
    ['spread', ['json']],
  ] as const)('is what is visible of 20 000 lines, %s', (_, keys) => {
    const store = new LogStore();
    say(store, 'web', many);
    const user = new LogsUser(store, { columns: 80, rows: 24 });
    user.presses(...keys, 'page-up', 'top', 'page-down');
    const before = store.reader.read;
    user.sees();
    expect(store.reader.read - before).toBeLessThanOrEqual(2 * 24);
  });

  test('does not grow with a filter and a search once they are evaluated', () => {
    const store = new LogStore();
    say(store, 'web', many);
    const user = new LogsUser(store, { columns: 80, rows: 24 });
    user.presses('keep');
    user.types('line', 'enter');
    user.presses('search');
    user.types('99', 'enter');
    user.waits();
    const before = store.reader.read;
    user.sees();
    expect(store.reader.read - before).toBeLessThanOrEqual(2 * 24);
  });

  test('of lines of megabytes is that of their visible part', () => {
    const store = new LogStore();
    say(store, 'web', [
      `{"a":"${'漢'.repeat(3_000_000)}"}`,
      `${'x\r'.repeat(1_000_000)}end`,
      '\u001b['.repeat(1_000_000),
    ]);
    const user = new LogsUser(store, { columns: 20, rows: 5 });
    user.presses('wrap', 'json', 'top', 'search');
    user.types('漢', 'enter');
    expect(user.sees()).toHaveLength(5);
    const longest = Math.max(
      ...logsRows(user.state, store, user.size)
        .flat()
        .map((each) => each.text.length),
    );
    expect(longest).toBeLessThanOrEqual(20);
  });
});
