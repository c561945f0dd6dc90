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
  const name = quoted(context);
  return `apiVersion: v1
kind: Config
clusters:
  - name: ${name}
    cluster:
      certificate-authority-data: ${base64(ca)}
      server: ${server}
contexts:
  - name: ${name}
    context:
      cluster: ${name}
      namespace: ${quoted(namespace)}
      user: ${name}
current-context: ${name}
preferences: {}
users:
  - name: ${name}
    user:
      client-certificate-data: ${base64(cert)}
      client-key-data: ${base64(key)}
`;
}

/** For what could be read as something else than text: YAML has JSON's texts. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
