import type { Certificates } from '../api-server/certificates.ts';
import type { Fault } from './fault.ts';

/** What the node needs to begin, in a file that only its user can read. */
export interface NodeConfig {
  /** Private folder of the node: sockets, images, containers. */
  readonly folder: string;
  readonly name: string;
  /** Address at which this machine reaches the node's ports. */
  readonly address: string;
  readonly certificates: Certificates;
  /** How its programs are kept apart from this machine's files. */
  readonly isolation: 'namespaces' | 'permissions';
}

/** A port of this machine at which the node is reached: that of its API, or one that a Service has on the node. */
export type OutsidePort = 'api' | number;

/** What is said to the node; it answers with the same id. */
export type NodeRequest = { readonly id: number } & NodeTask;

export type NodeTask =
  | { readonly type: 'fault'; readonly fault: Fault }
  | { readonly type: 'certificates'; readonly certificates: Certificates }
  /** Comes with the server that listens there: its connections are the node's to take from now on. */
  | { readonly type: 'open-port'; readonly port: OutsidePort }
  /** Nobody can connect there from now on. */
  | { readonly type: 'close-port'; readonly port: OutsidePort };

/** What the node says. */
export type NodeMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly message: string }
  /** The ports of all Services of type NodePort and LoadBalancer. */
  | { readonly type: 'node-ports'; readonly ports: readonly number[] }
  | { readonly type: 'answer'; readonly id: number; readonly error?: string };

/** Name of the engine's Unix socket in the node's folder. */
export const ENGINE_SOCKET = 'docker.sock';
