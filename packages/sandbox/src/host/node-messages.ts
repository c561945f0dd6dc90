import type { Certificates } from '../api-server/certificates.ts';

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

/** A fault to bring about on demand, for tests: each goes on until it is taken back, or for so many requests. */
export type Fault =
  /** API requests take so much longer. */
  | { readonly is: 'slow-api'; readonly delayMs: number }
  /** The next so many API requests whose method and path (a regular expression) match are refused; default: all. */
  | {
      readonly is: 'failing-api';
      readonly method?: string;
      readonly path?: string;
      readonly times: number;
      readonly status: number;
      readonly reason: string;
      readonly message: string;
    }
  /** Connections to the API are closed as soon as they are there. */
  | { readonly is: 'no-connections' }
  | { readonly is: 'drop-watches' }
  /** Every resource version that clients know is too old from now on. */
  | { readonly is: 'expire-history' }
  | { readonly is: 'no-faults' };

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
