import type { IncomingMessage } from 'node:http';
import { DevloopError, isAborted } from '@devloop/shared/errors/devloop-error';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { Backoff } from '../support/delay.ts';
import { linesOf } from '../support/text-lines.ts';
import type { ApiClient } from './api-client.ts';
import { ApiRefusal } from './api-errors.ts';

/** What a watch tells: everything anew after a list, then every change. */
export type WatchChange =
  | { readonly type: 'listed'; readonly objects: readonly KubernetesObject[] }
  | { readonly type: 'changed'; readonly object: KubernetesObject }
  | { readonly type: 'deleted'; readonly object: KubernetesObject };

export interface WatchOptions {
  /** A watch on which nothing, not even a bookmark, came for this long is opened anew, ms. Default: 100 s. */
  readonly stallMs?: number;
  /** Told when a request fails (the watch goes on by itself), and with undefined when it works again. */
  readonly onFailure?: (error: unknown) => void;
  readonly signal: AbortSignal;
}

/** How long the server is asked to keep a watch open. */
const WATCH_SECONDS = 240;
/**
 * A watch on which nothing, not even a bookmark, came for this long may be stalled. Bookmarks come each minute, but never of a
 * kind of which the API server has seen no event since it began: that the next one opens tells whether it is there.
 */
const STALL_MS = 100_000;

/** Longest line of a watch: an object may have 1.5 MB in etcd, and more as JSON with its managed fields. */
const MOST_LINE_CHARS = 32_000_000;

interface ListAnswer {
  apiVersion: string;
  /** `PodList`. */
  kind: string;
  metadata: { resourceVersion: string };
  items: KubernetesObject[];
}

interface WatchLine {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: KubernetesObject & { code?: number };
}

/**
 * Follows a collection for ever: list, then watch from there, again from the newest version after each normal end,
 * and list anew where that version is gone (410). Delays only after failures.
 */
export async function* watchObjects(
  api: ApiClient,
  path: string,
  { onFailure, signal, stallMs = STALL_MS }: WatchOptions,
): AsyncGenerator<WatchChange> {
  const backoff = new Backoff(100, 3000);
  let version: string | undefined;
  while (!signal.aborted) {
    try {
      if (version === undefined) {
        const list = await api.json<ListAnswer>(path, { signal });
        version = list.metadata.resourceVersion;
        onFailure?.(undefined);
        yield { type: 'listed', objects: itemsOf(list) };
      }
      for await (const line of openWatch(api, path, version, { stallMs, signal })) {
        if (line.type === 'ERROR') {
          version = undefined; // 410 Gone, or what else the server could not tell in an HTTP status
          if (line.object.code !== 410) await backoff.wait(signal).catch(() => undefined);
          break;
        }
        backoff.reset();
        version = line.object.metadata.resourceVersion ?? version;
        if (line.type === 'DELETED') yield { type: 'deleted', object: line.object };
        else if (line.type !== 'BOOKMARK') yield { type: 'changed', object: line.object };
      }
      onFailure?.(undefined);
    } catch (error) {
      if (isAborted(error, signal)) return;
      if (error instanceof ApiRefusal && error.status === 410) {
        version = undefined;
        continue;
      }
      onFailure?.(error);
      await backoff.wait(signal).catch(() => undefined);
    }
  }
}

/** The objects of a list. In it they leave out what they are, other than in a watch. */
function itemsOf({ apiVersion, kind, items }: ListAnswer): KubernetesObject[] {
  return items.map((item) => ({ ...item, apiVersion, kind: kind.replace(/List$/, '') }));
}

async function* openWatch(
  api: ApiClient,
  path: string,
  version: string,
  { stallMs, signal }: { readonly stallMs: number; readonly signal: AbortSignal },
): AsyncGenerator<WatchLine> {
  const stream = await api.stream(path, {
    query: { watch: true, allowWatchBookmarks: true, resourceVersion: version, timeoutSeconds: WATCH_SECONDS },
    signal,
  });
  let isSilent = false;
  const silence = setTimeout(() => {
    isSilent = true;
    stream.destroy();
  }, stallMs);
  try {
    for await (const line of linesOf(stream, MOST_LINE_CHARS)) {
      silence.refresh();
      yield JSON.parse(line) as WatchLine;
    }
  } catch (error) {
    if (signal.aborted) throw error;
    if (!isSilent) throw cutOff(error, stream);
  } finally {
    clearTimeout(silence);
    stream.destroy();
  }
}

/** A watch that breaks off in its middle is not an answer of the server but the end of the connection. */
function cutOff(error: unknown, stream: IncomingMessage): unknown {
  if (!stream.destroyed && !(error instanceof Error && 'code' in error)) return error;
  return new DevloopError(
    'cluster/unreachable',
    'The connection to the Kubernetes API broke off.',
    'Nothing to do: devloop connects again by itself. If it does not: minikube status',
    { cause: error },
  );
}
