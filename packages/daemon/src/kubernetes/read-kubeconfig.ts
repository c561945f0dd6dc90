/**
 * A process of its own (see kubeconfig.ts): prints one {@link KubeconfigAnswer} for the context named by its argument,
 * or the current one.
 */
import { existsSync, readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { enableCompileCache } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import type { KubeconfigAnswer } from './kubeconfig.ts';

enableCompileCache();

async function answer(wanted: string | undefined): Promise<KubeconfigAnswer> {
  const usual = path.join(os.homedir(), '.kube', 'config');
  // Without a file the library would go by localhost:8080, which nobody has asked for.
  if (!process.env['KUBECONFIG'] && !existsSync(usual)) {
    return { ok: false, message: `there is none at ${usual}`, contexts: [] };
  }
  const { KubeConfig } = await import('@kubernetes/client-node'); // which takes ten times as long as all else here
  const config = new KubeConfig();
  const contexts = () => config.getContexts().map((context) => context.name);
  config.loadFromDefault();
  if (wanted !== undefined) config.setCurrentContext(wanted);
  const context = config.getContextObject(config.getCurrentContext());
  const cluster = config.getCurrentCluster();
  if (context === null || cluster === null || !contexts().includes(context.name)) {
    const message = wanted === undefined ? 'it names no current context' : `it has no context "${wanted}"`;
    return { ok: false, message, contexts: contexts() };
  }
  const options: RequestOptions = { headers: {} };
  await config.applyToHTTPSOptions(options);
  const text = (value: unknown) => (value === undefined || value === null ? undefined : String(value));
  return {
    ok: true,
    address: {
      context: context.name,
      cluster: context.cluster,
      namespace: context.namespace ?? 'default',
      server: cluster.server.replace(/\/+$/, ''),
      ca: text(options.ca) ?? (cluster.caFile ? readFileSync(cluster.caFile, 'utf8') : undefined),
      cert: text(options.cert),
      key: text(options.key),
      headers: Object.fromEntries(
        Object.entries(options.headers ?? {}).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, String(value)]],
        ),
      ),
      skipTlsVerify: cluster.skipTLSVerify === true,
      tlsServerName: cluster.tlsServerName,
    },
  };
}

const read = await answer(process.argv[2]).catch((error: unknown): KubeconfigAnswer => {
  return { ok: false, message: error instanceof Error ? error.message : String(error), contexts: [] };
});
process.stdout.write(JSON.stringify(read));
