import { stringify } from 'yaml';

export interface KubeconfigOptions {
  /** `https://127.0.0.1:6443`. */
  readonly server: string;
  /** PEM. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  /** Names the context, its cluster and its user. */
  readonly context: string;
  readonly namespace: string;
}

/** A kubeconfig with one context, which is the current one. */
export function kubeconfigYaml({ server, ca, cert, key, context, namespace }: KubeconfigOptions): string {
  const base64 = (pem: string) => Buffer.from(pem).toString('base64');
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: context, cluster: { 'certificate-authority-data': base64(ca), server } }],
      contexts: [{ name: context, context: { cluster: context, namespace, user: context } }],
      'current-context': context,
      preferences: {},
      users: [
        {
          name: context,
          user: { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) },
        },
      ],
    },
    { lineWidth: 0 },
  );
}
