import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { execPath } from 'node:process';
import { DevloopError } from '@devloop/shared/errors/devloop-error';
import { execa } from 'execa';
import { plainAddress } from './plain-kubeconfig.ts';

/** By the package's name, because this module is part of bundles (packages/tui/write-bundles.ts). */
const READER = '@devloop/daemon/kubernetes/read-kubeconfig';

/** A context of the kubeconfig with all that is needed to speak to its API server, credentials included. */
export interface ClusterAddress {
  readonly context: string;
  /** The context's cluster entry. */
  readonly cluster: string;
  readonly namespace: string;
  readonly server: string;
  /** PEM. */
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly skipTlsVerify: boolean;
  readonly tlsServerName: string | undefined;
}

/** What the reading process prints: the address, or why there is none. */
export type KubeconfigAnswer =
  | { readonly ok: true; readonly address: ClusterAddress }
  | { readonly ok: false; readonly message: string; readonly contexts: readonly string[] };

/**
 * Reads the kubeconfig (`$KUBECONFIG` or ~/.kube/config, exec and token plugins included). What is more than an address and
 * certificates is read by @kubernetes/client-node, in a process of its own: the library takes 60 MB, half of what the daemon
 * may use, and is needed for a moment only.
 *
 * @throws DevloopError `cluster/no-kubeconfig`
 */
export async function readKubeconfig(context: string | undefined, signal: AbortSignal): Promise<ClusterAddress> {
  return (await readPlainKubeconfig(context)) ?? (await readByLibrary(context, signal));
}

async function readPlainKubeconfig(context: string | undefined): Promise<ClusterAddress | undefined> {
  const files = (process.env['KUBECONFIG'] ?? '').split(path.delimiter).filter((file) => file !== '');
  const [file = path.join(os.homedir(), '.kube', 'config'), another] = files;
  if (another !== undefined) return undefined; // to be merged
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : plainAddress(text, file, context);
}

async function readByLibrary(context: string | undefined, signal: AbortSignal): Promise<ClusterAddress> {
  const reader = createRequire(import.meta.url).resolve(READER);
  const { stdout } = await execa(execPath, [reader, ...(context === undefined ? [] : [context])], {
    cancelSignal: signal,
    stderr: 'ignore',
    reject: true,
  }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw error;
  });
  const answer = JSON.parse(stdout) as KubeconfigAnswer;
  if (answer.ok) return answer.address;
  const known = answer.contexts.length === 0 ? '' : ` It has: ${answer.contexts.join(', ')}.`;
  throw new DevloopError(
    'cluster/no-kubeconfig',
    `The kubeconfig cannot be used: ${answer.message}.${known}`,
    context === undefined
      ? 'Start a local cluster, which writes one: minikube start'
      : 'Set cluster.context in devloop.yaml to a context of the kubeconfig: kubectl config get-contexts',
  );
}
