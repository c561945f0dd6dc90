import type { Toast } from '../app/ui-state.ts';
import { reportRows } from '../paint/report-rows.ts';
import { cutRow, type Row, span } from '../paint/row.ts';

/** At most this many rows, and never more than a third of the screen. */
const MOST_ROWS = 6;

/** What came of what was asked for. */
export function toastRows(toast: Toast | undefined, columns: number, screenRows: number): Row[] {
  if (toast === undefined) return [];
  switch (toast.is) {
    case 'done':
      return [cutRow([span(`✓ ${toast.text}`, { tone: 'good' })], columns)];
    case 'busy':
      return [cutRow([span(`◐ ${toast.text}`, { tone: 'accent' })], columns)];
    case 'error': {
      const room = Math.max(1, Math.min(MOST_ROWS, Math.floor(screenRows / 3)));
      const [first = [], ...more] = reportRows(toast.report, columns - 2, room);
      return [[span('✗ ', { tone: 'bad', bold: true }), ...first], ...more.map((row) => [span('  '), ...row])].map(
        (row) => cutRow(row, columns),
      );
    }
  }
}
