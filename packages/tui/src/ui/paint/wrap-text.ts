import { takeWidth, textWidth } from './text-width.ts';

/** The text in lines of at most `columns` cells, broken between words where there are any. */
export function wrapText(text: string, columns: number): string[] {
  const width = Math.max(1, columns);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (textWidth(joined) <= width) {
      line = joined;
      continue;
    }
    if (line.trim() !== '') lines.push(line);
    line = word;
    while (textWidth(line) > width) {
      const taken = takeWidth(line, width) || line.slice(0, 1);
      lines.push(taken);
      line = line.slice(taken.length);
    }
  }
  return [...lines, line];
}
