import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';

/** What a kubeconfig says of its current context and of nothing else, with all files that it names read into it. */
export interface Kubeconfig {
  readonly apiVersion: 'v1';
  readonly kind: 'Config';
  'current-context': string;
  readonly contexts: [{ name: string; context: { cluster: string; user: string; namespace?: string } }];
  readonly clusters: [{ name: string; cluster: { server: string; 'certificate-authority-data'?: string } }];
  readonly users: [
    { name: string; user: { 'client-certificate-data'?: string; 'client-key-data'?: string; token?: string } },
  ];
}

/** Values that name a file instead of holding what is in it. */
const FILES = ['certificate-authority', 'client-certificate', 'client-key'] as const;

/**
 * The kubeconfig of a user with this environment, as `kubectl config view --minify --raw --flatten` tells it: the tests
 * want no kubectl. It must be one file.
 */
export function readKubeconfig(env: NodeJS.ProcessEnv = process.env): Kubeconfig {
  const file = env['KUBECONFIG'] || path.join(env['HOME'] ?? homedir(), '.kube/config');
  if (!existsSync(file)) {
    throw new Error(
      `There is no kubeconfig ${file}: start minikube or name another in KUBECONFIG, or have a sandbox (--sandbox).`,
    );
  }
  const config = parse(readFileSync(file, 'utf8'));
  const named = (entries: { name: string }[], name: string) => {
    const found = entries.find((entry) => entry.name === name);
    if (!found) throw new Error(`${file} has nothing named "${name}"`);
    return structuredClone(found);
  };
  const name = config['current-context'];
  const context = named(config.contexts, name) as Kubeconfig['contexts'][0];
  const cluster = named(config.clusters, context.context.cluster) as Kubeconfig['clusters'][0];
  const user = named(config.users, context.context.user) as Kubeconfig['users'][0];
  for (const holder of [cluster.cluster, user.user] as Record<string, string | undefined>[]) {
    for (const key of FILES) {
      const named = holder[key];
      if (named === undefined) continue;
      holder[`${key}-data`] = readFileSync(path.resolve(path.dirname(file), named)).toString('base64');
      delete holder[key];
    }
  }
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    contexts: [context],
    clusters: [cluster],
    users: [user],
  };
}
