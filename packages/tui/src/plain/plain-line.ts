import type { Palette } from '../terminal/palette.ts';

/** One printed line: what it says, about whom, and how it is meant. */
export interface PlainLine {
  /** The service it is about; undefined: the project. */
  readonly service: string | undefined;
  readonly text: string;
  readonly tone: 'plain' | 'dim' | 'good' | 'bad' | 'warning';
}

/** Formats lines with the service's name before them, in its colour, in a column of its own. */
export function formatLine(line: PlainLine, labelWidth: number, palette: Palette): string {
  const text = line.tone === 'plain' ? line.text : palette[line.tone](line.text);
  if (line.service === undefined) return text;
  return `${palette.service(line.service)(line.service.padEnd(labelWidth))}  ${text}`.trimEnd();
}
