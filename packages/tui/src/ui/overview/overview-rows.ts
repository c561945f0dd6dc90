import type { ServiceSnapshot } from '@devloop/shared/protocol/service-state';
import { cutRow, fitRow, type Row, type Size, span } from '../paint/row.ts';
import { type Column, GAP, tableColumns } from './columns.ts';
import { overviewLayout } from './layout.ts';
import { type PanelInput, panelRows } from './panel-rows.ts';

export interface OverviewInput extends Omit<PanelInput, 'service'> {
  readonly selected: string | undefined;
  readonly nowMs: number;
}

/** Cells before the table: the cursor's mark. */
const MARGIN = 2;

/** All services, a row each, and below them what is to be known about the one under the cursor. */
export function overviewRows(input: OverviewInput, size: Size): Row[] {
  const { snapshot, selected, nowMs } = input;
  const { services } = snapshot;
  const layout = overviewLayout(services, selected, size);
  const columns = tableColumns(services, size.columns - MARGIN);
  const shown = services.slice(layout.first, layout.first + layout.count);
  const service = services.find(({ name }) => name === selected);
  const panel = panelRows({ ...input, service }, { columns: size.columns, rows: layout.panelRows });
  const rows = [
    ...(layout.titled ? [titleRow(columns)] : []),
    ...shown.map((one) => serviceRow(one, columns, one.name === selected, nowMs, size.columns)),
    ...(services.length === 0 && panel.length < size.rows ? [[span('  No services yet.', { tone: 'quiet' })]] : []),
    ...panel,
  ].map((row) => cutRow(row, size.columns));
  return fill(rows, size.rows);
}

/** The rows, exactly as many as there are to be. */
export function fill(rows: readonly Row[], count: number): Row[] {
  const missing = Math.max(0, count - rows.length);
  return [...rows.slice(0, count), ...Array.from({ length: missing }, (): Row => [])];
}

function titleRow(columns: readonly Column[]): Row {
  const titles = columns.map(({ title, width }) => title.padEnd(width));
  return [span(`${' '.repeat(MARGIN)}${titles.join(' '.repeat(GAP))}`.trimEnd(), { tone: 'quiet' })];
}

function serviceRow(
  service: ServiceSnapshot,
  columns: readonly Column[],
  isSelected: boolean,
  nowMs: number,
  width: number,
): Row {
  const cells = columns.flatMap((column, index) => [
    ...(index === 0 ? [] : [span(' '.repeat(GAP))]),
    ...fitRow(column.cell(service, nowMs), column.width),
  ]);
  if (!isSelected) return [span(' '.repeat(MARGIN)), ...cells];
  // tones would become backgrounds of many colours; the words say the same
  const text = cells.map((cell) => cell.text).join('');
  return fitRow([span(`›${' '.repeat(MARGIN - 1)}${text}`, { inverse: true, bold: true })], width, { inverse: true });
}
