import { stripVTControlCharacters } from 'node:util';

/**
 * Text of programs that are not ours, made safe to print: without escape sequences and control characters, so that
 * it can neither colour nor move what is around it. Of a line that was redrawn, its last drawing.
 */
export function plainText(foreign: string): string {
  const visible = stripVTControlCharacters(foreign).trimEnd();
  const redrawn = visible.slice(visible.lastIndexOf('\r') + 1);
  return redrawn.replaceAll('\t', '  ').replaceAll(/\p{Cc}/gu, '');
}
