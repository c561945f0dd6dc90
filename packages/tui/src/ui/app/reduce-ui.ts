import type { KeyName } from '../keys/key-binding.ts';
import { bindingOf } from '../keys/key-text.ts';
import type { MouseEvent } from '../keys/mouse.ts';
import type { LogsAction } from '../logs/reduce-logs.ts';
import { nextUnhealthy } from '../overview/health.ts';
import { overviewLayout } from '../overview/layout.ts';
import type { PaletteEntry } from '../palette/entries.ts';
import {
  DETAIL_KEYS,
  type DetailAction,
  LOGS_PROJECT_KEYS,
  LOGS_SERVICE_KEYS,
  OVERVIEW_KEYS,
  type OverviewAction,
  PROJECT_KEYS,
  type ProjectAction,
  SERVICE_KEYS,
  type ServiceAction,
} from './bindings.ts';
import { logsKey, logsState } from './logs-steps.ts';
import type { Overlay } from './overlay.ts';
import { projectStep } from './project-actions.ts';
import { overlayKey, overlayPaste } from './reduce-overlay.ts';
import { serviceStep } from './service-actions.ts';
import { refuse, type Step, selectedService, step, type UiView } from './step.ts';
import type { Toast, UiState } from './ui-state.ts';

/** Everything that can happen to the state of the screen. */
export type UiAction =
  | { readonly type: 'key'; readonly key: KeyName }
  | { readonly type: 'pasted'; readonly text: string }
  /** The row counts from the top of the screen's own space. */
  | { readonly type: 'mouse'; readonly event: MouseEvent }
  | { readonly type: 'services-changed' }
  | { readonly type: 'toast'; readonly toast: Toast }
  | { readonly type: 'toast-over'; readonly toast: Toast }
  | { readonly type: 'ask'; readonly overlay: Overlay }
  /** New lines, or time to look through them. */
  | { readonly type: 'logs'; readonly action: Extract<LogsAction, { type: 'stored' | 'work' }> };

/** The screen after something has happened, and what is to be done besides. Pure. */
export function reduceUi(state: UiState, action: UiAction, view: UiView): Step {
  switch (action.type) {
    case 'key':
      return reduceKey({ ...state, toast: undefined }, action.key, view);
    case 'pasted':
      return step(reducePaste(state, action.text, view));
    case 'mouse':
      return reduceMouse(state, action.event, view);
    case 'services-changed':
      return step(withSelection(state, view));
    case 'toast':
      return step({ ...state, toast: action.toast });
    case 'toast-over':
      return step(state.toast === action.toast ? { ...state, toast: undefined } : state);
    case 'logs':
      return step(logsState(state, action.action, view));
    case 'ask':
      return step({ ...state, overlay: action.overlay, toast: undefined });
  }
}

function reduceKey(state: UiState, key: KeyName, view: UiView): Step {
  if (state.overlay !== undefined) {
    return overlayKey(state, state.overlay, key, view, (next, entry) => chosen(next, entry, view));
  }
  switch (state.screen) {
    case 'overview': {
      const action = bindingOf(OVERVIEW_KEYS, key)?.action;
      return action === undefined ? step(state) : run(state, action, view);
    }
    case 'detail': {
      const action = bindingOf(DETAIL_KEYS, key)?.action;
      return action === undefined ? step(state) : run(state, action, view);
    }
    case 'logs': {
      const own = logsKey(state, key, view);
      if (own !== undefined) return own;
      const action = (bindingOf(LOGS_SERVICE_KEYS, key) ?? bindingOf(LOGS_PROJECT_KEYS, key))?.action;
      if (action === undefined) return step(state);
      if (isServiceAction(action) && state.logs.service === undefined) {
        return refuse(state, 'These are the logs of all services.', 'Show one of them with s, or name it with :');
      }
      return run(state, action, view);
    }
  }
}

function reducePaste(state: UiState, text: string, view: UiView): UiState {
  if (state.overlay !== undefined) return overlayPaste(state, state.overlay, text);
  return state.screen === 'logs' ? logsState(state, { type: 'pasted', text }, view) : state;
}

function run(
  state: UiState,
  action: OverviewAction | DetailAction | ServiceAction | ProjectAction,
  view: UiView,
): Step {
  if (isServiceAction(action)) {
    const service = selectedService(state, view);
    if (service === undefined) return refuse(state, 'There is no service yet.', 'Name one in devloop.yaml and save');
    return serviceStep(state, action, service, view);
  }
  if (isProjectAction(action)) return projectStep(state, action, view);
  return step(move(state, action, view));
}

function chosen(state: UiState, entry: PaletteEntry, view: UiView): Step {
  if (entry.is === 'screen') return reduceKey(state, entry.key, view);
  if (entry.is === 'project') return projectStep(state, entry.action, view);
  const selected = { ...state, selected: entry.service };
  return run(selected, entry.action, view);
}

function move(state: UiState, action: OverviewAction | DetailAction, view: UiView): UiState {
  const page = Math.max(1, view.body.rows - 2);
  const scroll = (to: number) => ({ ...state, detailScroll: Math.max(0, Math.min(to, view.detailEnd)) });
  switch (action) {
    case 'move-down':
      return moveBy(state, 1, view);
    case 'move-up':
      return moveBy(state, -1, view);
    case 'move-page-down':
      return moveBy(state, page, view);
    case 'move-page-up':
      return moveBy(state, -page, view);
    case 'move-first':
      return moveBy(state, Number.NEGATIVE_INFINITY, view);
    case 'move-last':
      return moveBy(state, Number.POSITIVE_INFINITY, view);
    case 'next-unhealthy':
      return { ...state, selected: nextUnhealthy(view.services, state.selected) ?? state.selected };
    case 'open':
      return state.selected === undefined ? state : { ...state, screen: 'detail', detailScroll: 0 };
    case 'back':
      return { ...state, screen: 'overview' };
    case 'scroll-down':
      return scroll(state.detailScroll + 1);
    case 'scroll-up':
      return scroll(Math.min(state.detailScroll, view.detailEnd) - 1);
    case 'scroll-page-down':
      return scroll(state.detailScroll + page);
    case 'scroll-page-up':
      return scroll(Math.min(state.detailScroll, view.detailEnd) - page);
    case 'scroll-first':
      return scroll(0);
    case 'scroll-last':
      return scroll(view.detailEnd);
    case 'next-service':
      return { ...moveBy(state, 1, view), detailScroll: 0 };
    case 'previous-service':
      return { ...moveBy(state, -1, view), detailScroll: 0 };
  }
}

function moveBy(state: UiState, by: number, { services }: UiView): UiState {
  const index = services.findIndex(({ name }) => name === state.selected);
  const to = Math.max(0, Math.min(services.length - 1, index + by));
  return { ...state, selected: services[to]?.name };
}

function reduceMouse(state: UiState, event: MouseEvent, view: UiView): Step {
  if (event.is === 'wheel') return reduceKey(state, `wheel-${event.direction}`, view);
  if (state.overlay !== undefined) return step(state);
  if (state.screen === 'logs') return step(logsState(state, { type: 'click', row: event.row }, view));
  if (state.screen === 'detail') return step(state);
  const hit = overviewLayout(view.services, state.selected, view.body).serviceAt(event.row);
  if (hit === undefined) return step(state);
  return step(hit === state.selected ? move(state, 'open', view) : { ...state, selected: hit });
}

/** The cursor stays on its service; where that went, it goes to the first. */
function withSelection(state: UiState, { services }: UiView): UiState {
  if (services.some(({ name }) => name === state.selected)) return state;
  const screen = state.screen === 'detail' ? 'overview' : state.screen;
  return { ...state, screen, selected: services[0]?.name };
}

const SERVICE_ACTIONS = new Set<string>(SERVICE_KEYS.map(({ action }) => action));
const PROJECT_ACTIONS = new Set<string>(PROJECT_KEYS.map(({ action }) => action));

function isServiceAction(action: string): action is ServiceAction {
  return SERVICE_ACTIONS.has(action);
}

function isProjectAction(action: string): action is ProjectAction {
  return PROJECT_ACTIONS.has(action);
}
