import { randomInt } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { KubeObject } from '../ports/kube-object.ts';
import { apiVersionOf } from '../resources/resource-kind.ts';
import { expired } from '../resources/status-errors.ts';
import { failureStatus } from './answers.ts';
import type { Change } from './change-history.ts';
import { parseRevision, refuseFuture } from './list-objects.ts';
import type { ObjectTables } from './object-tables.ts';
import { eventObjectAs, type Representation } from './representation.ts';
import type { ResourceTarget } from './request-target.ts';
import { type ObjectFilter, selectorFilter } from './selectors.ts';

const BOOKMARK_MS = 60_000;
/** A client that leaves this much unread is let go of, as the watch cache of the real server does. */
const MOST_UNREAD_BYTES = 16 * 1024 * 1024;
/** Without `timeoutSeconds`, a watch ends after half an hour to an hour. */
const SHORTEST_SECONDS = 1800;

export interface WatchRequest {
  readonly tables: ObjectTables;
  readonly target: ResourceTarget;
  readonly query: URLSearchParams;
  readonly representation: Representation;
  readonly response: ServerResponse;
}

/** One client's view of the changes of a collection, from a revision on, until it leaves or its time is over. */
export class WatchStream implements Disposable {
  readonly #request: WatchRequest;
  readonly #filter: ObjectFilter;
  readonly #ended = Promise.withResolvers<void>();
  #told = 0;

  /** @throws StatusError 400 for a query that cannot be read, 504 for a revision that has not come yet */
  constructor(request: WatchRequest) {
    this.#request = request;
    this.#filter = selectorFilter(request.target.kind, request.query);
    refuseFuture(request.tables, parseRevision(request.query.get('resourceVersion')) ?? 0);
  }

  /** Tells until the end of the watch. */
  async run(): Promise<void> {
    const { tables, target, query, response } = this.#request;
    const revision = parseRevision(query.get('resourceVersion')) ?? 0;
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
    response.flushHeaders();
    response.once('close', () => this.#ended.resolve());
    response.on('error', () => this.#ended.resolve());
    if (revision > 0 && revision < tables.history.oldest) {
      this.#tellExpired(revision);
      return;
    }
    const seconds = Number(query.get('timeoutSeconds')) || randomInt(SHORTEST_SECONDS, 2 * SHORTEST_SECONDS);
    const overdue = setTimeout(() => this.#ended.resolve(), seconds * 1000);
    const bookmarks = setInterval(() => this.#tellBookmark(), BOOKMARK_MS);
    this.#tellWhatIs(revision);
    using _ = tables.subscribe([target.kind.resource], (change) => this.#tell(change));
    try {
      await this.#ended.promise;
    } finally {
      clearTimeout(overdue);
      clearInterval(bookmarks);
      response.end();
    }
  }

  /** Breaks the connection. */
  [Symbol.dispose](): void {
    this.#request.response.destroy();
    this.#ended.resolve();
  }

  #tellExpired(revision: number): void {
    const { tables, response } = this.#request;
    const error = expired(`too old resource version: ${revision} (${tables.history.oldest})`);
    this.#write({ type: 'ERROR', object: failureStatus(error) });
    response.end();
  }

  /** Without a revision, what is there comes first; with one, what has changed since. */
  #tellWhatIs(revision: number): void {
    const { tables, target, query } = this.#request;
    const asksInitial = query.get('sendInitialEvents');
    if (revision > 0 && asksInitial !== 'true') {
      for (const change of tables.history.after(revision, target.kind.resource)) this.#tell(change);
      return;
    }
    if (asksInitial === 'false') return;
    for (const object of tables.list(target.kind.resource, target.namespace)) {
      if (this.#isWatched(object)) this.#tellObject('ADDED', object);
    }
    if (asksInitial === 'true') this.#tellBookmark({ 'k8s.io/initial-events-end': 'true' });
  }

  #isWatched(object: KubeObject): boolean {
    const { namespace, name } = this.#request.target;
    return (
      (namespace === undefined || object.metadata.namespace === namespace) &&
      (name === undefined || object.metadata.name === name) &&
      this.#filter(object)
    );
  }

  /** An object that comes to fit the selector is new to the client, and one that no longer does is gone for it. */
  #tell({ change, object, before }: Change): void {
    const was = before !== undefined && this.#isWatched(before);
    const is = change !== 'deleted' && this.#isWatched(object);
    if (is) this.#tellObject(was ? 'MODIFIED' : 'ADDED', object);
    else if (was) {
      const { resourceVersion } = object.metadata;
      const last = change === 'deleted' ? object : { ...before, metadata: { ...before.metadata } };
      if (resourceVersion !== undefined && last !== object) last.metadata.resourceVersion = resourceVersion;
      this.#tellObject('DELETED', last);
    }
  }

  #tellObject(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject): void {
    const { representation, target, query } = this.#request;
    const isFirst = this.#told === 0;
    this.#told += 1;
    this.#write({ type, object: eventObjectAs(representation, target.kind, object, query, isFirst) });
  }

  #tellBookmark(annotations?: Record<string, string>): void {
    const { tables, target, query, representation } = this.#request;
    if (query.get('allowWatchBookmarks') !== 'true') return;
    const { kind } = target;
    const metadata = { resourceVersion: `${tables.revision}`, ...(annotations === undefined ? {} : { annotations }) };
    const object =
      representation === 'object'
        ? { kind: kind.kind, apiVersion: apiVersionOf(kind), metadata }
        : { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
    this.#write({ type: 'BOOKMARK', object });
  }

  #write(event: { type: string; object: unknown }): void {
    const { response } = this.#request;
    if (response.destroyed) return;
    response.write(`${JSON.stringify(event)}\n`);
    if (response.writableLength > MOST_UNREAD_BYTES) this[Symbol.dispose]();
  }
}
