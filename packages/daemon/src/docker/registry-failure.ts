import type { ErrorReport } from '@devloop/shared/errors/devloop-error';
import type { ErrorCode } from '@devloop/shared/errors/error-code';

interface Words {
  readonly code: ErrorCode;
  /** What the engine says then. */
  readonly said: RegExp;
  readonly what: string;
  readonly remedy: (host: string) => string;
}

/**
 * The engine hands on what a registry answers as words alone. They begin with the registry's own error code, in lower case
 * (`errcode` of distribution), or hold what Go's net, crypto and syscall say: constants all of them, told apart here.
 */
const WORDS: readonly Words[] = [
  {
    code: 'registry/unauthorized',
    said: /^(unauthorized|denied)\b|no basic auth credentials|401 Unauthorized|403 Forbidden/,
    what: 'does not let you in',
    remedy: (host) => `Log in, with a user who may push there: docker login ${host}`,
  },
  {
    code: 'registry/untrusted',
    said: /server gave HTTP response to HTTPS client|first record does not look like a TLS handshake/,
    what: 'speaks plain HTTP, which the engine accepts of itself (127.0.0.0/8) only',
    remedy: (host) =>
      `Allow it where the engine runs, in /etc/docker/daemon.json: { "insecure-registries": ["${host}"] }. Of minikube: minikube start --insecure-registry=${host} (on a new cluster)`,
  },
  {
    code: 'registry/untrusted',
    // crypto/x509 looks at the name first: whether the authority is known has not been seen then
    said: /\bx509: (?:certificate is valid for|certificate is not valid for|cannot validate certificate for|certificate relies on legacy Common Name)/,
    what: 'has a certificate that is for another name than the one by which the engine reaches it',
    remedy: (host) =>
      `Make its certificate for ${host.replace(/:\d+$/, '')} too (subjectAltName, DNS or IP), or name it in devloop.yaml, \`registry:\`, as the certificate does.`,
  },
  {
    code: 'registry/untrusted',
    said: /\bx509: certificate has expired or is not yet valid/,
    what: 'has a certificate whose time is over or has not come',
    remedy: () => 'Make it a new one, or set the clock where the engine runs: minikube ssh date',
  },
  {
    code: 'registry/untrusted',
    said: /\btls: (?:bad certificate|certificate required)/,
    what: 'wants a certificate of the engine',
    remedy: (host) =>
      `Put one where the engine runs: /etc/docker/certs.d/${host}/client.cert and client.key, signed by an authority that the registry knows.`,
  },
  {
    code: 'registry/untrusted',
    said: /\bx509: |\btls: /,
    what: 'has a certificate that the engine does not trust',
    remedy: (host) => `Put its CA where the engine runs, into /etc/docker/certs.d/${host}/ca.crt`,
  },
  {
    code: 'registry/no-space',
    said: /no space left on device/i,
    what: 'has no room left, or the engine has not',
    remedy: () => 'Make room on the volume of the registry, or in the engine: docker system prune. Then save again.',
  },
  {
    code: 'registry/unreachable',
    said: /\bdial tcp\b|connection refused|connection reset|no such host|i\/o timeout|Client\.Timeout|\bEOF$/,
    what: 'cannot be reached by the engine',
    remedy: (host) =>
      `See whether it runs, and whether ${host} is its address where the engine is: devloop doctor. The address is \`registry:\` in devloop.yaml.`,
  },
];

/**
 * What it is told as that an engine had no success with a registry. Pure.
 *
 * @param asked what was asked of it, by which image
 * @param said the engine's last words
 * @param lines its output, as evidence
 */
export function registryFailure(
  asked: { readonly reference: string; readonly what: string },
  said: string,
  lines: readonly string[] = [],
): ErrorReport {
  const { reference, what } = asked;
  const host = reference.slice(0, reference.indexOf('/'));
  const words = WORDS.find((candidate) => candidate.said.test(said));
  return {
    code: words?.code ?? 'registry/refused',
    message: `${what}: the registry ${host} ${words?.what ?? 'refused it'} (${said}).`,
    remedy: words?.remedy(host) ?? `See what the registry says of it in its own log. By hand: docker push ${reference}`,
    evidence: [...lines],
  };
}
