import { serviceColour } from '../../terminal/palette.ts';
import { asciiText } from './ascii-text.ts';
import type { Row } from './row.ts';
import type { Style, Tone } from './style.ts';

/** How meanings look on this terminal. */
export interface Theme {
  /** A row as the text and the SGR sequences (ECMA-48 8.3.117) that this terminal shows, in as many cells. */
  line(row: Row): string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The terminal's own 16 colours, which its user has chosen for its background; black and white are left to it. */
const TONES: Readonly<Record<Tone, Sgr>> = {
  good: { on: 32, off: 39 },
  bad: { on: 31, off: 39 },
  warning: { on: 33, off: 39 },
  accent: { on: 36, off: 39 },
  quiet: { on: 2, off: 22 },
};
const BOLD: Sgr = { on: 1, off: 22 };
const UNDERLINE: Sgr = { on: 4, off: 24 };
const INVERSE: Sgr = { on: 7, off: 27 };

interface Sgr {
  readonly on: number;
  readonly off: number;
}

/** No colours where NO_COLOR is set; plain ASCII where the locale is not UTF-8. */
export function themeFor(env: Environment): Theme {
  const isColoured = !env['NO_COLOR'];
  const text = isUtf8(env) ? (shown: string) => shown : asciiText;
  return {
    line: (row) =>
      row
        .map((piece) =>
          piece.style === undefined ? text(piece.text) : styled(text(piece.text), piece.style, isColoured),
        )
        .join(''),
  };
}

function styled(text: string, style: Style, isColoured: boolean): string {
  const codes = sgrOf(style, isColoured);
  if (codes.length === 0 || text === '') return text;
  const on = codes.map((code) => `\u001b[${code.on}m`).join('');
  const off = codes
    .map((code) => `\u001b[${code.off}m`)
    .reverse()
    .join('');
  return `${on}${text}${off}`;
}

function sgrOf({ tone, service, bold, underline, inverse }: Style, isColoured: boolean): Sgr[] {
  const isToned = tone !== undefined && (isColoured || tone === 'quiet');
  return [
    ...(isColoured && service !== undefined && !isToned ? [{ on: serviceColour(service), off: 39 }] : []),
    ...(isToned ? [TONES[tone]] : []),
    ...(bold ? [BOLD] : []),
    ...(underline ? [UNDERLINE] : []),
    ...(inverse ? [INVERSE] : []),
  ];
}

function isUtf8(env: Environment): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  // macOS starts programs without a locale, on terminals that are all UTF-8
  return locale === '' ? process.platform === 'darwin' : /utf-?8/i.test(locale);
}
