import { describe, expect, test } from 'vitest';
import { logsCopyText } from './copy-text.ts';
import { LogStore } from './log-store.ts';
import { at, LogsUser, numbered, say, userOf } from './logs.fake.ts';
import { LOGS_KEYS } from './logs-keys.ts';

describe('following', () => {
  test('stops on the way up, counts what is new, and keeps what is on the screen', () => {
    const user = userOf(numbered(100));
    expect(user.texts().at(-1)).toBe('line-99');
    user.presses('up');
    expect(user.texts().slice(-2)).toEqual(['> line-98', 'line-99']);
    const before = user.texts();
    say(user.store, 'web', numbered(1234, 100), 100);
    user.does({ type: 'stored' });
    expect(user.texts()).toEqual(before);
    expect(user.status()).toContain('paused · 1 234 new ↓ (f)');
    user.presses('follow');
    expect(user.texts().at(-1)).toBe('line-1333');
    expect(user.status()).toContain('following');
  });

  test('begins again at the end', () => {
    const user = userOf(numbered(100));
    user.presses('up', 'down');
    expect(user.state.cursor).toBeDefined();
    user.presses('down');
    expect(user.state.cursor).toBeUndefined();
    user.does({ type: 'scroll', rows: -3 });
    expect(user.texts().at(-1)).toBe('> line-96');
    user.does({ type: 'scroll', rows: 3 });
    expect(user.state.cursor).toBeUndefined();
  });

  test('a paused screen stays when its lines are evicted, and shows the oldest left', () => {
    const store = new LogStore({ entries: 100, characters: 1e9 });
    say(store, 'web', numbered(50));
    const user = new LogsUser(store);
    user.presses('top');
    expect(user.texts()[0]).toBe('> line-0');
    say(store, 'web', numbered(100, 50), 50);
    user.does({ type: 'stored' });
    expect(user.texts()[0]).toBe('> line-55');
    expect(user.status()).toContain('55 older dropped');
  });

  test('lines that come late do not move a paused screen', () => {
    const user = userOf(numbered(100));
    user.presses('page-up');
    const before = user.texts();
    say(user.store, 'db', numbered(30, 900), -1000);
    user.does({ type: 'stored' });
    expect(user.texts()).toEqual(before);
  });
});

describe('moving', () => {
  test.each([
    [['top'], '> line-0', 0],
    [['top', 'down', 'down'], '> line-2', 2],
    [['top', 'page-down'], '> line-9', 0],
    [['top', 'page-down', 'page-up'], '> line-0', 0],
    [['top', 'half-page-down'], '> line-5', 0],
    [['page-up'], '> line-90', 9],
    [['top', 'up'], '> line-0', 0],
  ] as const)('%j leads to %s', (keys, line, row) => {
    const user = userOf(numbered(100));
    user.presses(...keys);
    expect(user.texts()[row]).toBe(line);
  });

  test('a page further than there is leads to the end, and then follows', () => {
    const user = userOf(numbered(25));
    user.presses('top', 'page-down', 'page-down');
    expect(user.texts().at(-1)).toMatch(/line-24/);
    user.presses('page-down');
    expect(user.texts().at(-1)).toBe('> line-24');
    user.presses('page-down');
    expect(user.state.cursor).toBeUndefined();
  });

  test('the wheel leaves the cursor on its line while that is on the screen', () => {
    const user = userOf(numbered(100));
    user.presses('top', 'page-down', 'down');
    user.does({ type: 'scroll', rows: -1 });
    expect(user.texts()[2]).toBe('> line-10');
    user.does({ type: 'scroll', rows: 5 });
    expect(user.texts()[0]).toBe('> line-13');
  });

  test('a click selects the line', () => {
    const user = userOf(numbered(100));
    user.does({ type: 'click', row: 3 });
    expect(user.texts()[2]).toBe('> line-92');
    expect(logsCopyText(user.state, user.store)).toBe('line-92');
  });

  test('goes through the rows of a line that is higher than the screen', () => {
    const user = userOf(['first', 'x'.repeat(5000), 'last']);
    user.presses('wrap', 'top', 'page-down');
    const seen = user.sees().slice(1);
    expect(seen.every((row) => /^[│ ] {5}x+$/.test(row))).toBe(true);
    user.presses('end');
    expect(user.texts().at(-1)).toBe('last');
  });
});

describe('jumping between crashes', () => {
  test('goes to the one before and after, of the services in view', () => {
    const user = userOf(numbered(100));
    user.store.crash('web', 'web-7d9f-abcde', 'web', at(200), 'second');
    user.store.crash('db', 'db-0', 'db', at(50), 'first');
    say(user.store, 'web', numbered(100, 100), 300);
    user.presses('previous-crash');
    expect(user.texts()[7]).toBe('> ✗ second');
    user.presses('previous-crash');
    expect(user.texts()).toContain('> ✗ first');
    const { state } = user;
    user.presses('previous-crash');
    expect(user.state).toBe(state);
    user.presses('next-crash');
    expect(user.texts()).toContain('> ✗ second');
    user.does({ type: 'select-service', service: 'db' });
    user.presses('previous-crash');
    expect(user.texts()).toEqual(['> ✗ first']);
  });
});

describe('the view', () => {
  test('is cleared up to now, and brought back', () => {
    const user = userOf(numbered(5));
    user.presses('clear');
    expect(user.texts()).toEqual(['no lines yet']);
    say(user.store, 'web', ['new'], 10);
    user.does({ type: 'stored' });
    expect(user.texts()).toEqual(['new']);
    user.presses('undo-clear');
    expect(user.texts()).toHaveLength(6);
  });

  test('goes through the services and all of them', () => {
    const user = userOf(['one']);
    say(user.store, 'db', ['two']);
    const seen = [1, 2, 3].map(() => {
      user.presses('next-service');
      return user.state.service;
    });
    expect(seen).toEqual(['db', 'web', undefined]);
    user.presses('previous-service');
    expect(user.state.service).toBe('web');
  });

  test('copies the line whole', () => {
    const long = `\u001b[31m${'x'.repeat(50_000)}\u001b[0m`;
    const user = userOf(['one', long]);
    expect(logsCopyText(user.state, user.store)).toBe('x'.repeat(50_000));
    expect(logsCopyText(user.state, new LogStore())).toBeUndefined();
  });
});

test('no key does two things, and those of the shell are free', () => {
  const keys = LOGS_KEYS.flatMap((binding) => binding.keys);
  expect(new Set(keys).size).toBe(keys.length);
  for (const free of ['?', ':', 'q', 'tab', '1', '2', '3', 'ctrl-c', 'ctrl-z', 'ctrl-p'])
    expect(keys).not.toContain(free);
});
