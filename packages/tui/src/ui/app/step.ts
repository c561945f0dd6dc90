import type { ServiceSnapshot } from '@devloop/shared/protocol/service-state';
import type { DaemonLink } from '../feed/project-store.ts';
import type { LogStore } from '../logs/log-store.ts';
import type { Size } from '../paint/row.ts';
import type { Intent } from './intent.ts';
import type { UiState } from './ui-state.ts';

/** What the reducer must know of the world to understand a key. */
export interface UiView {
  readonly services: readonly ServiceSnapshot[];
  /** Whether a daemon is there. */
  readonly link: DaemonLink;
  /** Whether the cluster ends with the daemon. */
  readonly sandbox: boolean;
  /** The screen's own space, without header and footer. */
  readonly body: Size;
  readonly logs: LogStore;
  /** How far the detail screen can be scrolled. */
  readonly detailEnd: number;
}

/** A state, and what is to be done besides. */
export interface Step {
  readonly state: UiState;
  readonly intents: readonly Intent[];
}

export function step(state: UiState, ...intents: Intent[]): Step {
  return { state, intents };
}

/** Says why something that was asked for makes no sense here. */
export function refuse(state: UiState, message: string, remedy: string): Step {
  return step({ ...state, toast: { is: 'error', report: { code: 'command/invalid', message, remedy, evidence: [] } } });
}

export function selectedService(state: UiState, view: UiView): ServiceSnapshot | undefined {
  return view.services.find(({ name }) => name === state.selected);
}
