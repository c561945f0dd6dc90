import { PROJECT_KEYS, type ProjectAction, SCREEN_KEYS, SERVICE_KEYS, type ServiceAction } from '../app/bindings.ts';
import type { ScreenName, UiState } from '../app/ui-state.ts';
import type { KeyName } from '../keys/key-binding.ts';
import { fuzzyScore } from './fuzzy.ts';

/** One thing that the palette offers. */
export type PaletteEntry = { readonly label: string; readonly key: KeyName | undefined } & (
  | { readonly is: 'service'; readonly action: ServiceAction | 'open'; readonly service: string }
  | { readonly is: 'project'; readonly action: ProjectAction }
  /** As if its key had been pressed. */
  | { readonly is: 'screen'; readonly key: KeyName }
);

/**
 * All that can be done, from the tables of keys: on the selected service first, then on this screen and the project,
 * then on every other service.
 */
export function paletteEntries(
  services: readonly { readonly name: string }[],
  { selected, screen }: Pick<UiState, 'selected' | 'screen'>,
): PaletteEntry[] {
  const names = services.map(({ name }) => name);
  const others = names.filter((name) => name !== selected);
  const isThere = selected !== undefined && names.includes(selected);
  return [
    ...(isThere ? serviceEntries(selected, true) : []),
    ...screenEntries(screen),
    ...PROJECT_KEYS.filter(({ action }) => action !== 'palette').map(
      ({ action, title, keys }): PaletteEntry => ({ is: 'project', action, label: title, key: keys[0] }),
    ),
    ...others.flatMap((name) => serviceEntries(name, false)),
  ];
}

/** The entries that fit what was typed, the best first; of equals, in their order. */
export function matchEntries(entries: readonly PaletteEntry[], typed: string): PaletteEntry[] {
  return entries
    .map((entry, order) => ({ entry, order, score: fuzzyScore(entry.label, typed) }))
    .filter((found): found is typeof found & { score: number } => found.score !== undefined)
    .toSorted((a, b) => b.score - a.score || a.order - b.order)
    .map(({ entry }) => entry);
}

function screenEntries(screen: ScreenName): PaletteEntry[] {
  const shared = new Set<string>([...PROJECT_KEYS, ...SERVICE_KEYS].map(({ title }) => title));
  return SCREEN_KEYS[screen]
    .filter(({ title, motion, action }) => !motion && !shared.has(title) && action !== 'open' && action !== 'back')
    .map(({ title, keys: [key = ''] }) => ({ is: 'screen', label: title, key }));
}

function serviceEntries(service: string, hasKeys: boolean): PaletteEntry[] {
  const open: PaletteEntry = {
    is: 'service',
    action: 'open',
    service,
    label: `${service}: show details`,
    key: hasKeys ? 'enter' : undefined,
  };
  return [
    open,
    ...SERVICE_KEYS.map(({ action, title, keys }): PaletteEntry => {
      return { is: 'service', action, service, label: `${service}: ${title}`, key: hasKeys ? keys[0] : undefined };
    }),
  ];
}
