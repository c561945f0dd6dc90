import type { TextProps } from 'ink';
import { serviceColour } from '../../terminal/palette.ts';
import type { Style, Tone } from '../paint/style.ts';
import { asciiText } from './ascii-text.ts';

/** How meanings look on this terminal. */
export interface Theme {
  /** The text as this terminal can show it, in as many cells. */
  text(text: string): string;
  props(style: Style | undefined): Partial<TextProps>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The terminal's own 16 colours, which its user has chosen for its background; black and white are left to it. */
const TONES: Readonly<Record<Tone, Partial<TextProps>>> = {
  good: { color: 'green' },
  bad: { color: 'red' },
  warning: { color: 'yellow' },
  accent: { color: 'cyan' },
  quiet: { dimColor: true },
};

/** No colours where NO_COLOR is set; plain ASCII where the locale is not UTF-8. */
export function themeFor(env: Environment): Theme {
  const isColoured = !env['NO_COLOR'];
  return {
    text: isUtf8(env) ? (text) => text : asciiText,
    props: (style) => (style === undefined ? {} : propsOf(style, isColoured)),
  };
}

function propsOf({ tone, service, bold, underline, inverse }: Style, isColoured: boolean): Partial<TextProps> {
  return {
    ...(isColoured && service !== undefined && { color: serviceColour(service) }),
    ...(tone !== undefined && (isColoured || tone === 'quiet') && TONES[tone]),
    ...(bold && { bold }),
    ...(underline && { underline }),
    ...(inverse && { inverse }),
  };
}

function isUtf8(env: Environment): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  // macOS starts programs without a locale, on terminals that are all UTF-8
  return locale === '' ? process.platform === 'darwin' : /utf-?8/i.test(locale);
}
