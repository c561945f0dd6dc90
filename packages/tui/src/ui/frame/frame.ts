import type { ServiceDetail } from '@devloop/shared/protocol/service-detail';
import type { UiState } from '../app/ui-state.ts';
import { detailRows } from '../detail/detail-rows.ts';
import type { ToldEvent } from '../feed/event-tail.ts';
import type { ProjectView } from '../feed/project-store.ts';
import type { LogStore } from '../logs/log-store.ts';
import { logsRows } from '../logs/logs-rows.ts';
import { fill, overviewRows } from '../overview/overview-rows.ts';
import { cutRow, type Row, type Size, span } from '../paint/row.ts';
import { drawerRows } from './drawer-rows.ts';
import { footerRow } from './footer.ts';
import { headerRows } from './header.ts';
import { toastRows } from './toast-rows.ts';

/** All that a frame shows. */
export interface World {
  readonly project: ProjectView;
  readonly state: UiState;
  /** Of the service that is open, once it is known. */
  readonly detail: ServiceDetail | undefined;
  readonly logs: LogStore;
  /** What has happened to the service under the cursor. */
  readonly events: readonly ToldEvent[];
  readonly nowMs: number;
  /** Files are named relative to this folder. */
  readonly cwd: string;
}

const TWO_HEADER_ROWS_FROM = 10;

/** The space that a screen has between header and footer. */
export function bodySize({ toast }: UiState, size: Size): Size {
  const rows = size.rows - headerCount(size) - toastRows(toast, size.columns, size.rows).length - 1;
  return { columns: size.columns, rows: Math.max(0, rows) };
}

/** Row of the screen at which its body begins. */
export function headerCount({ rows }: Size): 1 | 2 {
  return rows < TWO_HEADER_ROWS_FROM ? 1 : 2;
}

/** The whole screen, exactly as many rows as it has, none wider. */
export function frameRows(world: World, size: Size): Row[] {
  const { project, state } = world;
  const body = bodySize(state, size);
  const drawer = drawerRows(state, project.snapshot?.services ?? [], body);
  const rows = [
    ...headerRows(project, size.columns, headerCount(size)),
    ...fill(bodyRows(world, body), body.rows - drawer.length),
    ...drawer,
    ...toastRows(state.toast, size.columns, size.rows),
    footerRow(state, size.columns),
  ];
  return fill(
    rows.map((row) => cutRow(row, size.columns)),
    size.rows,
  );
}

function bodyRows({ project, state, detail, logs, events, nowMs, cwd }: World, body: Size): Row[] {
  if (state.screen === 'logs') return logsRows(state.logs, logs, body);
  const { snapshot } = project;
  if (snapshot === undefined) return waitingRows(project);
  const service = snapshot.services.find(({ name }) => name === state.selected);
  if (state.screen === 'detail' && service !== undefined) {
    return detailRows({ detail, service, scroll: state.detailScroll, cursor: 0, nowMs }, body);
  }
  return overviewRows({ snapshot, selected: state.selected, events, nowMs, cwd }, body);
}

function waitingRows({ link }: ProjectView): Row[] {
  if (link.is !== 'starting') return [];
  return [[span('  Starting the daemon of this project…', { tone: 'quiet' })]];
}
