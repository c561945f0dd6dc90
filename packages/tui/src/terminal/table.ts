/** A cell of a table: its text, and how it is painted once it has been padded. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

const GAP = '  ';

/** Aligned columns, as wide as their widest cell; the last one is not padded. A cell that is painted keeps its width. */
export function renderTable(rows: readonly (readonly Cell[])[], columns?: number): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, cell.text.length);
    });
  }
  return rows.map((row) => {
    let used = 0;
    const cells = row.map((cell, index) => {
      const isLast = index === row.length - 1;
      const room = columns === undefined ? Number.POSITIVE_INFINITY : columns - used;
      const text = cut(isLast ? cell.text : cell.text.padEnd(widths[index] ?? 0), room);
      used += text.length + GAP.length;
      return cell.paint ? cell.paint(text) : text;
    });
    return cells.join(GAP).trimEnd();
  });
}

function cut(text: string, room: number): string {
  if (text.length <= room) return text;
  return room <= 1 ? '' : `${text.slice(0, room - 1)}…`;
}
