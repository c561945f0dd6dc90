import type { KubeObject } from '../ports/kube-object.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { StatusError } from '../ports/status-error.ts';

/** How long the API server keeps an Event: kube-apiserver's `--event-ttl`. */
const KEPT_MS = 3_600_000;

export interface EventSource {
  /** `kubelet`, `deployment-controller`, … */
  readonly component: string;
  /** Name of the node, for what happens on one. */
  readonly host?: string;
}

interface Recorded {
  readonly namespace: string;
  readonly name: string;
  at: number;
}

/**
 * Writes Events as client-go's tools/record does: the same one again is counted, not written anew. Events that cannot
 * be written, as in a namespace that ends, are dropped: they never stop what they tell of.
 */
export class EventRecorder {
  readonly #store: ObjectStore;
  readonly #source: EventSource;
  /** By what makes two Events the same; the one seen last is the last. */
  readonly #recorded = new Map<string, Recorded>();

  constructor(store: ObjectStore, source: EventSource) {
    this.#store = store;
    this.#source = source;
  }

  /** @param fieldPath the part of the object, `spec.containers{web}` */
  record(object: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string, fieldPath?: string): void {
    const { namespace = 'default', name, uid = '', resourceVersion } = object.metadata;
    const key = JSON.stringify([uid, fieldPath, type, reason, message]);
    const now = Date.now();
    this.#forget(now);
    const lastTimestamp = seconds(now);
    const before = this.#recorded.get(key);
    if (before !== undefined) {
      const counted = this.#store.modify({ resource: 'events', namespace, name: before.name }, (event) => ({
        ...event,
        count: Number(event['count'] ?? 1) + 1,
        lastTimestamp,
      }));
      if (counted !== undefined) {
        this.#recorded.delete(key);
        this.#recorded.set(key, { ...before, at: now });
        return;
      }
    }
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      // client-go: the object's name and the instant in nanoseconds; the counter keeps those of one millisecond apart
      metadata: { name: `${name}.${(BigInt(now) * 1_000_000n + nextCount()).toString(16)}`, namespace },
      involvedObject: {
        kind: object.kind,
        apiVersion: object.apiVersion,
        name,
        namespace: object.metadata.namespace,
        uid,
        ...(resourceVersion !== undefined && { resourceVersion }),
        ...(fieldPath !== undefined && { fieldPath }),
      },
      reason,
      message,
      source: { ...this.#source },
      firstTimestamp: lastTimestamp,
      lastTimestamp,
      count: 1,
      type,
      eventTime: null,
      reportingComponent: this.#source.component,
      reportingInstance: this.#source.host ?? '',
    };
    try {
      const created = this.#store.create('events', event);
      this.#recorded.set(key, { namespace, name: created.metadata.name, at: now });
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
    }
  }

  #forget(now: number): void {
    for (const [key, { namespace, name, at }] of this.#recorded) {
      if (now - at < KEPT_MS) return;
      this.#recorded.delete(key);
      const event = { resource: 'events', namespace, name };
      if (this.#store.get(event) !== undefined) this.#store.delete(event);
    }
  }
}

let count = 0n;

function nextCount(): bigint {
  count = (count + 1n) % 1_000_000n;
  return count;
}

/** An instant as metav1.Time writes it: RFC 3339 in whole seconds. */
export function seconds(instant: number): string {
  return new Date(instant).toISOString().replace(/\.\d+Z$/, 'Z');
}
