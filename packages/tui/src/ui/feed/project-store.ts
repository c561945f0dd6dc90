import type { ErrorReport } from '@devloop/shared/errors/devloop-error';
import type { DaemonSnapshot } from '@devloop/shared/protocol/snapshot';
import type { ViewMessage } from '@devloop/shared/protocol/stream-message';

/** Whether a daemon is at the other end. */
export type DaemonLink =
  | { readonly is: 'starting' }
  | { readonly is: 'connected'; readonly pid: number }
  /** It keeps its connections and says nothing: it was stopped, or it hangs. What is shown may be long past. */
  | { readonly is: 'silent'; readonly pid: number }
  /** The connection broke; it is sought again. */
  | { readonly is: 'lost' }
  /** It was lost, and none is there: it has not ended of its own accord. */
  | { readonly is: 'gone' }
  /** It said goodbye. */
  | { readonly is: 'ended'; readonly reason: string }
  /** One answers that speaks another version. */
  | { readonly is: 'foreign'; readonly report: ErrorReport };

/** What the daemon has said last, as one state. */
export interface ProjectView {
  readonly link: DaemonLink;
  /** Undefined until the daemon has sent it. */
  readonly snapshot: DaemonSnapshot | undefined;
}

/** The view after a message of the daemon. Only services in `only` are taken, where it names any. */
export function applyView(view: ProjectView, message: ViewMessage, only: readonly string[]): ProjectView {
  switch (message.type) {
    case 'hello':
      return { ...view, link: { is: 'connected', pid: message.pid } };
    case 'goodbye':
      return { ...view, link: { is: 'ended', reason: message.reason } };
    case 'snapshot':
      return { ...view, snapshot: chosen(message.snapshot, only) };
    case 'changed': {
      if (view.snapshot === undefined) return view;
      return { ...view, snapshot: chosen(changed(view.snapshot, message), only) };
    }
  }
}

function changed(
  snapshot: DaemonSnapshot,
  { project, services, order }: Extract<ViewMessage, { type: 'changed' }>,
): DaemonSnapshot {
  const byName = new Map([...snapshot.services, ...services].map((service) => [service.name, service]));
  const names = order ?? [...byName.keys()];
  return {
    ...snapshot,
    ...project,
    services: names.map((name) => byName.get(name)).filter((service) => service !== undefined),
  };
}

function chosen(snapshot: DaemonSnapshot, only: readonly string[]): DaemonSnapshot {
  if (only.length === 0) return snapshot;
  return { ...snapshot, services: snapshot.services.filter(({ name }) => only.includes(name)) };
}
