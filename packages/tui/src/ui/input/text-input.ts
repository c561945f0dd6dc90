import type { KeyName } from '../keys/key-binding.ts';

/** A line of text being typed. */
export interface TextInput {
  readonly text: string;
  /** Where the next character goes, as an index into the text between two graphemes. */
  readonly cursor: number;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

export function textInput(text = ''): TextInput {
  return { text, cursor: text.length };
}

/** The input after a key; undefined where the key means nothing to a line of text (enter, escape, up, …). */
export function typeKey(input: TextInput, key: KeyName): TextInput | undefined {
  const { text, cursor } = input;
  const before = text.slice(0, cursor);
  const after = text.slice(cursor);
  switch (key) {
    case 'left':
      return { text, cursor: before.length - lastGrapheme(before).length };
    case 'right':
      return { text, cursor: cursor + firstGrapheme(after).length };
    case 'home':
    case 'ctrl-a':
      return { text, cursor: 0 };
    case 'end':
    case 'ctrl-e':
      return { text, cursor: text.length };
    case 'backspace': {
      const kept = before.slice(0, before.length - lastGrapheme(before).length);
      return { text: kept + after, cursor: kept.length };
    }
    case 'delete':
      return { text: before + after.slice(firstGrapheme(after).length), cursor };
    case 'ctrl-u':
      return { text: after, cursor: 0 };
    case 'ctrl-w': {
      const kept = before.replace(/\S+\s*$/u, '');
      return { text: kept + after, cursor: kept.length };
    }
    case 'space':
      return insert(input, ' ');
    default:
      return [...graphemes.segment(key)].length === 1 ? insert(input, key) : undefined;
  }
}

/** The input after a paste: line breaks become spaces, control characters are left out. */
export function pasteText(input: TextInput, pasted: string): TextInput {
  return insert(input, pasted.replaceAll(/[\r\n\t]+/g, ' ').replaceAll(/\p{Cc}/gu, ''));
}

function insert({ text, cursor }: TextInput, added: string): TextInput {
  return { text: text.slice(0, cursor) + added + text.slice(cursor), cursor: cursor + added.length };
}

function firstGrapheme(text: string): string {
  const [first] = graphemes.segment(text);
  return first?.segment ?? '';
}

function lastGrapheme(text: string): string {
  return [...graphemes.segment(text)].at(-1)?.segment ?? '';
}
