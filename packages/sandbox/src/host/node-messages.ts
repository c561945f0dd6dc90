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

/** What is said to the node, a JSON line each; it answers with the same id. The end of the lines ends it. */
export type NodeRequest = { readonly id: number } & (
  | { readonly type: 'fault'; readonly fault: Fault }
  | { readonly type: 'certificates'; readonly certificates: Certificates }
);

/** What the node says, a JSON line each. */
export type NodeMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly message: string }
  /** The ports of all Services of type NodePort and LoadBalancer. */
  | { readonly type: 'node-ports'; readonly ports: readonly number[] }
  | { readonly type: 'answer'; readonly id: number; readonly error?: string };

/** Unix sockets below the node's folder. */
export const SOCKETS = { api: 'api.sock', engine: 'docker.sock', tunnel: 'tunnel.sock' } as const;

/** Where the tunnel finds the node's own ports, and those of Services. */
export const NODE_IN_TUNNEL = '10.244.0.1';
