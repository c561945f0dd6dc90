import { cutToWidth, textWidth } from '../paint/text-width.ts';
import type { LogOrigin } from './log-entry.ts';
import type { LogStore } from './log-store.ts';
import { safeText } from './log-text.ts';

/** How much of a pod's name tells it from its siblings. */
const POD_SUFFIX = 5;
const WIDEST_SERVICE = 16;
const WIDEST_CONTAINER = 10;
/** Narrower frames have no labels. */
const NARROWEST_FRAME = 30;

/** What stands before each line: who wrote it. */
export interface LogLabels {
  /** Cells of each label; 0: there are none. */
  readonly width: number;
  /** Safe text of at most `width` cells. */
  of(origin: LogOrigin): string;
}

interface KnownLabels {
  readonly version: number;
  readonly service: string | undefined;
  readonly columns: number;
  readonly labels: LogLabels;
}

const known = new WeakMap<LogStore, KnownLabels>();

/** Labels for the lines of a store, made anew only when somebody else has lines there. */
export function labelsOf(store: LogStore, service: string | undefined, columns: number): LogLabels {
  const last = known.get(store);
  const version = store.originsVersion;
  if (last?.version === version && last.service === service && last.columns === columns) return last.labels;
  const labels = labelsFor(store.origins, service, columns);
  known.set(store, { version, service, columns, labels });
  return labels;
}

/**
 * Labels for the lines of these origins: the service where there are several in view, the end of the pod's name where a
 * service has several, the container where a pod has. What does not fit into the frame is left out in reverse order.
 *
 * @param service the only one in view; undefined: all
 */
function labelsFor(origins: Iterable<LogOrigin>, service: string | undefined, columns: number): LogLabels {
  const inView = [...origins].filter((origin) => service === undefined || origin.service === service);
  const room = columns < NARROWEST_FRAME ? 0 : Math.floor(columns * 0.3);
  const pods = namesPerService(inView, ({ pod }) => pod);
  const containers = namesPerService(inView, ({ container }) => container);
  const forms = [true, false].flatMap((withPod) =>
    [true, false].map((withContainer) => (origin: LogOrigin) => {
      const widest = Math.min(WIDEST_SERVICE, Math.max(4, Math.floor(columns / 5)));
      const parts = [
        ...(service === undefined ? [cutToWidth(safeText(origin.service), widest)] : []),
        ...(withPod && isOneOfSeveral(pods, origin, origin.pod) ? [safeText(origin.pod.slice(-POD_SUFFIX))] : []),
        ...(withContainer && isOneOfSeveral(containers, origin, origin.container)
          ? [cutToWidth(safeText(origin.container), WIDEST_CONTAINER)]
          : []),
      ];
      return parts.join(' ');
    }),
  );
  for (const form of forms) {
    const labels = new Map(inView.map((origin) => [origin, form(origin)]));
    const width = Math.max(0, ...[...labels.values()].map(textWidth));
    if (width <= room) return { width, of: (origin) => labels.get(origin) ?? '' };
  }
  return { width: 0, of: () => '' };
}

function namesPerService(origins: readonly LogOrigin[], nameOf: (origin: LogOrigin) => string) {
  const names = new Map<string, Set<string>>();
  for (const origin of origins) {
    const name = nameOf(origin);
    if (name !== '') names.set(origin.service, (names.get(origin.service) ?? new Set()).add(name));
  }
  return names;
}

function isOneOfSeveral(names: ReadonlyMap<string, ReadonlySet<string>>, origin: LogOrigin, name: string): boolean {
  return name !== '' && (names.get(origin.service)?.size ?? 0) > 1;
}
