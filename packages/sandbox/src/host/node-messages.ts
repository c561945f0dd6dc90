/** What the node needs to begin, in a file that only its user can read. */
export interface NodeConfig {
  /** Private folder of the node: sockets, images, containers. */
  readonly folder: string;
  readonly name: string;
  /** Address at which this machine reaches the node's ports. */
  readonly address: string;
  readonly certificates: ServerCertificates;
}

/** PEM. */
export interface ServerCertificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** A fault to bring about on demand, for tests: each goes on until it is taken back, or for so many requests. */
export type Fault =
  /** API requests whose path matches take so much longer. */
  | { readonly is: 'slow-api'; readonly path: string; readonly delayMs: number }
  /** The next so many API requests whose method and path match are refused. */
  | {
      readonly is: 'failing-api';
      readonly method: string;
      readonly path: string;
      readonly status: number;
      readonly times: number;
    }
  | { readonly is: 'drop-watches' }
  /** Every resource version that clients know is too old from now on. */
  | { readonly is: 'expire-history' }
  | { readonly is: 'no-faults' };

/** What is said to the node, a JSON line each; it answers with the same id. The end of the lines ends it. */
export type NodeRequest = { readonly id: number } & (
  | { readonly type: 'fault'; readonly fault: Fault }
  | { readonly type: 'certificates'; readonly certificates: ServerCertificates }
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
