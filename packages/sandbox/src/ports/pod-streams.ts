import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { KubeObject } from './kube-object.ts';

/**
 * What the API server passes on to the kubelet. The pod exists; everything else (a container that is not there or has
 * not started) is answered here, as the kubelet does.
 */
export interface PodStreams {
  /** `GET pods/NAME/log`. Resolves when the answer has ended; an answer that the client leaves is no failure. */
  log(pod: KubeObject, query: URLSearchParams, response: ServerResponse): Promise<void>;
  /** An upgrade of `pods/NAME/exec` or `attach`. */
  exec(pod: KubeObject, query: URLSearchParams, upgrade: Upgrade): void;
  /** An upgrade of `pods/NAME/portforward`. */
  portForward(pod: KubeObject, query: URLSearchParams, upgrade: Upgrade): void;
}

/** A request whose connection becomes something else, as Node's `upgrade` event hands it out. */
export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}
