import type { Key } from 'ink';
import type { KeyName } from './key-binding.ts';

/** What the terminal library tells of a key press besides its text. */
export type KeyPress = Partial<Key>;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Keys that print nothing, by the library's word for them. */
const WORDS: readonly (readonly [keyof Key, KeyName])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'page-up'],
  ['pageDown', 'page-down'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'escape'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
];

/**
 * The keys that were pressed, in their order. One event may hold several: what was typed fast arrives together, and an
 * escape with a key close behind it looks like that key with Alt, which no binding uses.
 */
export function keyNames(input: string, key: KeyPress): KeyName[] {
  if (key.eventType === 'release') return [];
  const word = WORDS.find(([name]) => key[name] === true)?.[1];
  if (word === 'escape' && key.meta) return ['escape', 'escape'];
  if (word !== undefined) return [key.ctrl ? `ctrl-${word}` : word];
  if (key.tab) return [key.shift ? 'shift-tab' : 'tab'];
  const typed = [...graphemes.segment(input)].map(({ segment }) => segment);
  if (key.ctrl) return typed.map((letter) => `ctrl-${letter === ' ' ? 'space' : letter}`);
  const names = typed.flatMap(nameOf);
  return key.meta ? ['escape', ...names] : names;
}

function nameOf(grapheme: string): KeyName[] {
  switch (grapheme) {
    case ' ':
      return ['space'];
    case '\r':
    case '\n':
    case '\r\n':
      return ['enter'];
    case '\t':
      return ['tab'];
    case '\u001b':
      return ['escape'];
    case '\u007f':
    case '\b':
      return ['backspace'];
  }
  const code = grapheme.codePointAt(0) ?? 0;
  if (code >= 1 && code <= 26) return [`ctrl-${String.fromCodePoint(code + 96)}`];
  return code < 32 ? [] : [grapheme];
}
