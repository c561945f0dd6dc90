import { readPort } from '@devloop/shared/config/port-text';
import { pasteText, type TextInput, typeKey } from '../input/text-input.ts';
import type { KeyName } from '../keys/key-binding.ts';
import { matchEntries, type PaletteEntry, paletteEntries } from '../palette/entries.ts';
import type { Intent } from './intent.ts';
import type { Overlay, PromptFor } from './overlay.ts';
import { scaleIntent } from './service-actions.ts';
import { type Step, step, type UiView } from './step.ts';
import type { UiState } from './ui-state.ts';

type OverlayOf<T extends Overlay['is']> = Extract<Overlay, { is: T }>;

/** What a key does to the overlay; an entry of the palette that was chosen is handed to `run`. */
export function overlayKey(
  state: UiState,
  overlay: Overlay,
  key: KeyName,
  view: UiView,
  run: (state: UiState, entry: PaletteEntry) => Step,
): Step {
  const closed = { ...state, overlay: undefined };
  if (key === 'escape' || key === 'ctrl-c') return step(closed);
  switch (overlay.is) {
    case 'help':
      if (key === 'q' || key === '?' || key === 'enter') return step(closed);
      return step({ ...state, overlay: { ...overlay, scroll: scrolled(overlay.scroll, key, view) } });
    case 'confirm':
      if (key === 'y') return step(closed, overlay.intent);
      if (key === 'n' || key === 'q') return step(closed);
      return step({ ...state, overlay: { ...overlay, scroll: scrolled(overlay.scroll, key, view) } });
    case 'choose':
      return chooseKey(state, overlay, key);
    case 'prompt':
      return promptKey(state, overlay, key);
    case 'palette':
      return paletteKey(state, overlay, key, view, run);
  }
}

/** What pasted text does to the overlay. */
export function overlayPaste(state: UiState, overlay: Overlay, text: string): UiState {
  if (overlay.is !== 'palette' && overlay.is !== 'prompt') return state;
  return { ...state, overlay: withInput(overlay, pasteText(overlay.input, text)) };
}

function scrolled(scroll: number, key: KeyName, { body }: UiView): number {
  switch (key) {
    case 'j':
    case 'down':
    case 'wheel-down':
      return scroll + 1;
    case 'k':
    case 'up':
    case 'wheel-up':
      return Math.max(0, scroll - 1);
    case 'page-down':
    case 'space':
      return scroll + body.rows;
    case 'page-up':
      return Math.max(0, scroll - body.rows);
    default:
      return scroll;
  }
}

function chooseKey(state: UiState, overlay: OverlayOf<'choose'>, key: KeyName): Step {
  const last = overlay.choices.length - 1;
  const at = (cursor: number) => step({ ...state, overlay: { ...overlay, cursor } });
  switch (key) {
    case 'j':
    case 'down':
    case 'wheel-down':
      return at(Math.min(last, overlay.cursor + 1));
    case 'k':
    case 'up':
    case 'wheel-up':
      return at(Math.max(0, overlay.cursor - 1));
    case 'q':
      return step({ ...state, overlay: undefined });
    case 'enter': {
      const chosen = overlay.choices[overlay.cursor];
      return step({ ...state, overlay: undefined }, ...(chosen ? [chosen.intent] : []));
    }
    default:
      return step(state);
  }
}

function promptKey(state: UiState, overlay: OverlayOf<'prompt'>, key: KeyName): Step {
  if (key === 'enter') {
    const answer = understand(overlay.for, overlay.input.text.trim());
    if (typeof answer === 'string') return step({ ...state, overlay: { ...overlay, problem: answer } });
    return step({ ...state, overlay: undefined }, answer);
  }
  const input = typeKey(overlay.input, key);
  return step(input === undefined ? state : { ...state, overlay: withInput(overlay, input) });
}

/** The intent that an answer means, or what is wrong with it. */
function understand(asked: PromptFor, text: string): Intent | string {
  switch (asked.is) {
    case 'replicas': {
      if (!/^\d{1,3}$/.test(text) || Number(text) > 100) return 'It must be a number from 0 to 100.';
      return scaleIntent(asked.service, Number(text));
    }
    case 'forward': {
      const written = readPort(text);
      if (written === undefined || written.local === 0) {
        return 'It must be LOCAL:PORT, as 8080:80 or 8080:http, or one PORT for both; 1 to 65535.';
      }
      const { local, port } = written;
      const command = { type: 'add-forward', service: asked.service, ...written } as const;
      return { is: 'command', command, done: `localhost:${local} leads to ${port} of ${asked.service}.` };
    }
  }
}

function paletteKey(
  state: UiState,
  overlay: OverlayOf<'palette'>,
  key: KeyName,
  view: UiView,
  run: (state: UiState, entry: PaletteEntry) => Step,
): Step {
  const found = matchEntries(paletteEntries(view.services, state), overlay.input.text);
  const at = (cursor: number) => step({ ...state, overlay: { ...overlay, cursor } });
  const cursor = Math.min(overlay.cursor, Math.max(0, found.length - 1));
  switch (key) {
    case 'down':
    case 'ctrl-n':
    case 'tab':
    case 'wheel-down':
      return at(Math.min(found.length - 1, cursor + 1));
    case 'up':
    case 'ctrl-p':
    case 'shift-tab':
    case 'wheel-up':
      return at(Math.max(0, cursor - 1));
    case 'enter': {
      const entry = found[cursor];
      return entry === undefined ? step(state) : run({ ...state, overlay: undefined }, entry);
    }
    case 'backspace':
      if (overlay.input.text === '') return step({ ...state, overlay: undefined });
  }
  const input = typeKey(overlay.input, key);
  return step(input === undefined ? state : { ...state, overlay: withInput(overlay, input) });
}

function withInput<T extends OverlayOf<'palette'> | OverlayOf<'prompt'>>(overlay: T, input: TextInput): T {
  return overlay.is === 'palette' ? { ...overlay, input, cursor: 0 } : { ...overlay, input, problem: '' };
}
