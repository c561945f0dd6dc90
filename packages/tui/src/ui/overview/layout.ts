import type { Size } from '../paint/row.ts';

/** How the overview shares its rows between the table and the panel below it. */
export interface OverviewLayout {
  /** Whether the table has a row with titles. */
  readonly titled: boolean;
  /** Index of the first service shown. */
  readonly first: number;
  /** How many services are shown. */
  readonly count: number;
  readonly panelRows: number;
  /** The service in a row, counted from the top. */
  serviceAt(row: number): string | undefined;
}

/** Below this there is no room for titles. */
const TITLES_FROM_ROWS = 12;

/** The table takes what it needs, as long as the panel keeps a third; the cursor's row is always shown. */
export function overviewLayout(
  services: readonly { readonly name: string }[],
  selected: string | undefined,
  { rows }: Size,
): OverviewLayout {
  const titled = rows >= TITLES_FROM_ROWS && services.length > 0;
  const kept = rows < 5 ? 0 : Math.ceil(rows / 3);
  const room = Math.max(1, rows - kept - (titled ? 1 : 0));
  const count = Math.min(services.length, room);
  const cursor = Math.max(
    0,
    services.findIndex(({ name }) => name === selected),
  );
  const first = Math.max(0, Math.min(cursor - Math.floor(count / 2), services.length - count));
  const top = titled ? 1 : 0;
  return {
    titled,
    first,
    count,
    panelRows: Math.max(0, rows - top - count),
    serviceAt: (row) => (row >= top && row < top + count ? services[first + row - top]?.name : undefined),
  };
}
