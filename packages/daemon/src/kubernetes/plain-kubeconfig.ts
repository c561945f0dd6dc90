import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from '@devloop/shared/zod';
import { parse } from 'yaml';
import type { ClusterAddress } from './kubeconfig.ts';

const Cluster = z.strictObject({
  server: z.string().startsWith('https://'),
  'certificate-authority': z.string().optional(),
  'certificate-authority-data': z.string().optional(),
  'tls-server-name': z.string().optional(),
  extensions: z.unknown().optional(),
});

const User = z.strictObject({
  'client-certificate': z.string().optional(),
  'client-certificate-data': z.string().optional(),
  'client-key': z.string().optional(),
  'client-key-data': z.string().optional(),
});

const Context = z.strictObject({
  cluster: z.string(),
  user: z.string(),
  namespace: z.string().optional(),
  extensions: z.unknown().optional(),
});

/** Of a `Config` (k8s.io/client-go/tools/clientcmd/api/v1) what is needed to tell whether a context of it is plain. */
const Kubeconfig = z.object({
  'current-context': z.string().optional(),
  clusters: z.array(z.strictObject({ name: z.string(), cluster: z.unknown() })),
  users: z.array(z.strictObject({ name: z.string(), user: z.unknown() })),
  contexts: z.array(z.strictObject({ name: z.string(), context: z.unknown() })),
});

/**
 * Reads a context that says no more than an address and certificates, as minikube, kind and k3d write them. All else (tokens,
 * plugins, proxies, unsafe TLS, a name given twice, anything not known here, and every error) is left to the library,
 * which takes a third of a second to load: most of what connecting takes.
 *
 * @param text what is in `file`
 * @returns undefined: ask the library
 */
export function plainAddress(text: string, file: string, wanted: string | undefined): ClusterAddress | undefined {
  try {
    const config = Kubeconfig.parse(parse(text));
    const name = wanted ?? config['current-context'];
    const context = Context.parse(only(config.contexts, name).context);
    const cluster = Cluster.parse(only(config.clusters, context.cluster).cluster);
    const user = User.parse(only(config.users, context.user).user);
    const pem = (data: string | undefined, named: string | undefined) => {
      if (data !== undefined) return Buffer.from(data, 'base64').toString();
      return named === undefined ? undefined : readFileSync(path.resolve(path.dirname(file), named), 'utf8');
    };
    return {
      context: name as string,
      cluster: context.cluster,
      namespace: context.namespace ?? 'default',
      server: cluster.server.replace(/\/+$/, ''),
      ca: pem(cluster['certificate-authority-data'], cluster['certificate-authority']),
      cert: pem(user['client-certificate-data'], user['client-certificate']),
      key: pem(user['client-key-data'], user['client-key']),
      headers: {},
      skipTlsVerify: false,
      tlsServerName: cluster['tls-server-name'],
    };
  } catch {
    return undefined; // the library finds the same error, and says it
  }
}

/** The one that has this name. @throws Error where there is none, or more than one */
function only<T extends { readonly name: string }>(all: readonly T[], name: string | undefined): T {
  const [found, another] = all.filter((candidate) => candidate.name === name);
  if (found === undefined || another !== undefined) throw new Error(`not one entry is named ${name}`);
  return found;
}
