/** Colours by meaning. Each wraps a text; without colours it returns the text. */
export interface Palette {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly good: Paint;
  readonly bad: Paint;
  readonly warning: Paint;
  /** A service's own colour: the same name has the same one, in every command and on every machine. */
  service(name: string): Paint;
}

export type Paint = (text: string) => string;

const plain: Paint = (text) => text;
const sgr =
  (on: number, off: number): Paint =>
  (text) =>
    text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`;

/** Foreground colours (SGR) that services have. Red, green and yellow say how something is, and must not be mistaken for them. */
const SERVICE_COLOURS: readonly number[] = [36, 35, 34, 96, 95, 94];

const COLOURED: Palette = {
  bold: sgr(1, 22),
  dim: sgr(2, 22),
  good: sgr(32, 39),
  bad: sgr(31, 39),
  warning: sgr(33, 39),
  service: (name) => sgr(serviceColour(name), 39),
};

const COLOURLESS: Palette = { bold: plain, dim: plain, good: plain, bad: plain, warning: plain, service: () => plain };

/** A service's own colour by its name, as an SGR code. */
export function serviceColour(name: string): number {
  const sum = [...name].reduce((total, character) => (total * 31 + (character.codePointAt(0) ?? 0)) >>> 0, 7);
  return SERVICE_COLOURS[sum % SERVICE_COLOURS.length] ?? 39;
}

/** Colours for a stream: none where it is no terminal, where NO_COLOR is set, or where the terminal is `dumb`. */
export function paletteFor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Palette {
  const wanted = stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  return wanted ? COLOURED : COLOURLESS;
}
