import { describe, expect, test } from 'vitest';
import { LogStore } from './log-store.ts';
import { at, LogsUser, numbered, say, userOf } from './logs.fake.ts';
import { logsCapturesText } from './logs-state.ts';
import { logsHasWork } from './reduce-logs.ts';
import { logsSearchCount } from './search-count.ts';

describe('searching', () => {
  const texts = numbered(100);

  test('goes to the nearest match while one types, and back on escape', () => {
    const user = userOf(texts);
    const before = user.state;
    user.presses('search');
    expect(logsCapturesText(user.state)).toBe(true);
    user.types('line-5');
    expect(user.texts()).toContain('> line-59');
    user.types('1');
    expect(user.texts()).toContain('> line-51');
    user.types('', 'escape');
    expect(user.state).toBe(before);
  });

  test('goes to the next and the previous, and counts', () => {
    const user = userOf(texts);
    user.presses('top', 'search');
    user.types('/-\\d?7$/', 'enter');
    user.waits();
    expect(logsCapturesText(user.state)).toBe(false);
    expect(logsSearchCount(user.state, user.store)).toEqual({ at: 1, of: 10, isDone: true });
    user.presses('next-match', 'next-match');
    expect(user.texts()).toContain('> line-27');
    expect(user.status()).toContain('3/10');
    user.presses('previous-match', 'previous-match', 'previous-match');
    expect(user.texts()).toContain('> line-97');
    user.presses('back');
    expect(user.state.search).toBeUndefined();
  });

  test('goes to the nearest match also when that is found after enter', () => {
    const user = userOf([...numbered(60_000), 'needle', 'needle']);
    user.presses('top', 'search');
    user.types('needle', 'enter');
    expect(logsSearchCount(user.state, user.store)).toEqual({ at: undefined, of: 0, isDone: false });
    user.waits();
    expect(logsSearchCount(user.state, user.store)).toEqual({ at: 1, of: 2, isDone: true });
  });

  test('counts what arrives', () => {
    const user = userOf(texts);
    user.presses('search');
    user.types('line-1', 'enter');
    user.waits();
    expect(logsSearchCount(user.state, user.store)?.of).toBe(11);
    say(user.store, 'web', numbered(10, 100), 100);
    user.does({ type: 'stored' });
    user.waits();
    expect(logsSearchCount(user.state, user.store)?.of).toBe(21);
  });

  test('keeps the last good expression while one is typed that is none', () => {
    const user = userOf(numbered(100));
    user.presses('search');
    user.types('/5(1/');
    expect(user.sees().at(-1)).toContain('✗ unterminated group');
    user.types('', 'enter');
    expect(logsCapturesText(user.state)).toBe(true);
    user.types('', 'left', 'backspace', 'backspace');
    user.types(')', 'backspace', 'enter');
    expect(user.state.search?.source).toBe('/5/');
  });

  test('gives up an expression that takes for ever', () => {
    const user = userOf([...numbered(20), `${'a'.repeat(50)}!`]);
    user.presses('search');
    user.types('/(a+)+$');
    user.waits();
    const good = user.state.search;
    user.types('/');
    expect(user.sees().at(-1)).toContain('✗ takes too long');
    expect(user.state.search).toBe(good);
    expect(logsHasWork(user.state, user.store)).toBe(false);
  });

  test('gives up an expression that a new line makes take for ever', () => {
    const user = userOf(numbered(20));
    user.presses('keep');
    user.types('/^(a+)+$|line/', 'enter');
    expect(user.state.filters).toHaveLength(1);
    say(user.store, 'web', [`${'a'.repeat(50)}!`], 100);
    user.does({ type: 'stored' });
    expect(user.state.filters).toHaveLength(0);
    expect(user.status()).toContain('takes too long');
  });
});

describe('filtering', () => {
  test('keeps and leaves out, shown while one types', () => {
    const user = userOf(['GET /a 200', 'GET /b 500', 'POST /a 500', 'GET /c 500']);
    user.presses('keep');
    user.types('get');
    expect(user.texts().slice(0, 3)).toEqual(['GET /a 200', 'GET /b 500', 'GET /c 500']);
    user.types('', 'enter');
    user.presses('drop');
    user.types('/200|c/', 'enter');
    expect(user.texts()).toEqual(['GET /b 500']);
    expect(user.status()).toContain('&get · !/200|c/');
    user.presses('back');
    expect(user.texts()).toHaveLength(4);
    const { state } = user;
    user.presses('back');
    expect(user.state).toBe(state);
  });

  test('nothing typed takes back the filters of that kind', () => {
    const user = userOf(['one', 'two']);
    user.presses('keep');
    user.types('o', 'enter');
    user.presses('drop');
    user.types('two', 'enter');
    user.presses('drop');
    user.types('', 'enter');
    expect(user.state.filters.map(({ keeps }) => keeps)).toEqual([true]);
  });

  test('by level hides what is less, but neither stack traces nor marks', () => {
    const user = userOf(['INFO: fine', 'ERROR: boom', '  at one', 'DEBUG: detail', 'WARN: hm']);
    user.store.crash('web', 'web-7d9f-abcde', 'web', at(10), 'exit code 1');
    user.presses('level', 'level');
    expect(user.texts()).toEqual(['ERROR: boom', 'at one', 'WARN: hm', '✗ exit code 1']);
    expect(user.status()).toContain('≥ warn');
    user.presses('level', 'level');
    expect(user.texts()).toHaveLength(6);
  });

  test('goes over many lines in steps, what is on the screen first, and lines that come meanwhile are not lost', () => {
    const user = userOf(numbered(100_000));
    user.presses('keep');
    user.types('7', 'enter');
    expect(logsHasWork(user.state, user.store)).toBe(true);
    expect(user.textsSoFar().at(-1)).toBe('line-99997');
    expect(user.status()).toContain('looking');
    say(user.store, 'db', ['late 7'], -5);
    say(user.store, 'web', ['new 7'], 200_000);
    user.does({ type: 'stored' });
    expect(user.textsSoFar().at(-1)).toBe('new 7');
    user.waits();
    expect(user.status()).not.toContain('looking');
    user.presses('top');
    expect(user.texts().slice(0, 2)).toEqual(['> late 7', 'line-7']);
    const expected = user.store.entries.filter(({ text }) => text.includes('7')).length;
    user.presses('search');
    user.types('7', 'enter');
    user.waits();
    expect(logsSearchCount(user.state, user.store)?.of).toBe(expected);
  });

  test('looks at each line once, and at new lines only when they come', () => {
    const user = userOf(numbered(5000));
    user.presses('keep');
    user.types('line', 'enter');
    user.waits();
    say(user.store, 'web', numbered(10, 5000), 5000);
    const before = user.store.reader.read;
    user.does({ type: 'stored' });
    expect(user.store.reader.read - before).toBe(10);
  });

  test('drops what the store evicts', () => {
    const store = new LogStore({ entries: 1000, characters: 1e9 });
    const user = new LogsUser(store);
    say(store, 'web', numbered(900));
    user.presses('keep');
    user.types('line', 'enter');
    user.waits();
    for (let round = 0; round < 10; round += 1) {
      say(store, 'web', numbered(300, 900 + round * 300), 900 + round * 300);
      user.does({ type: 'stored' });
    }
    user.presses('search');
    user.types('line', 'enter');
    user.waits();
    expect(logsSearchCount(user.state, store)?.of).toBe(store.entries.length);
  });
});
