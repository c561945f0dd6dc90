/** The table of docs/compose.md, of the keys that the converter knows. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { SERVICE_KEYS } from '../../packages/daemon/src/compose/compose-keys.ts';

export const PAGE = fileURLToPath(new URL('../../docs/compose.md', import.meta.url));

/** The page with the table as it should be. */
export function withTable(page: string): string {
  const rows = Object.entries(SERVICE_KEYS).map(([key, { fate, how }]) => [`\`${key}\``, fate, how] as const);
  const all = [['key', 'fate', 'what it becomes, or why not'] as const, ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = all;
  const table = [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)];
  const start = page.search(/^\| key /m);
  return `${(start === -1 ? page : page.slice(0, start)).trimEnd()}\n\n${table.join('\n')}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(PAGE, withTable(await readFile(PAGE, 'utf8')));
