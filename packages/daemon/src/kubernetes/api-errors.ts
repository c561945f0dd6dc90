import { DevloopError } from '@devloop/shared/errors/devloop-error';

/** `Status` of apimachinery's meta/v1: what the API server answers when it refuses. */
export interface Status {
  readonly reason?: string;
  readonly message?: string;
  readonly details?: {
    readonly name?: string;
    readonly kind?: string;
    readonly retryAfterSeconds?: number;
    readonly causes?: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[];
  };
}

/** The API server's refusal, with the code it refused with, so that callers can decide without reading text. */
export class ApiRefusal extends DevloopError {
  /** HTTP status. */
  readonly status: number;
  /** `reason` of the Status: NotFound, AlreadyExists, Conflict, Invalid, … */
  readonly reason: string;

  constructor(status: number, body: Status, doing: string) {
    const said = body.message ?? `HTTP ${status}`;
    const invalid = status === 422 || status === 400;
    super(
      invalid ? 'deploy/invalid' : 'cluster/refused',
      `The API server refused ${doing}: ${said}`,
      remedyOf(status, body),
      {
        evidence: (body.details?.causes ?? []).map((cause) => `${cause.field ?? ''}: ${cause.message ?? cause.reason}`),
      },
    );
    this.status = status;
    this.reason = body.reason ?? '';
  }

  /** Whether the server was overloaded or not yet itself, so that the same request may be taken later. */
  get isPassing(): boolean {
    return this.status === 429 || this.status >= 500;
  }
}

function remedyOf(status: number, { details }: Status): string {
  if (status === 404 && details?.kind === 'namespaces') {
    return `Add a Namespace ${details.name} to the manifests and save, or make it: kubectl create namespace ${details.name}, then devloop rebuild SERVICE`;
  }
  if (details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating')) {
    return 'Wait until it is gone (kubectl get namespaces), then: devloop rebuild SERVICE';
  }
  switch (status) {
    case 400:
    case 422:
      return 'Mend the manifest at the field named above and save.';
    case 401:
      return 'Renew the credentials of the kubeconfig: minikube update-context';
    case 403:
      return 'Use a context whose user may do this: kubectl auth can-i --list';
    default:
      return 'See what the cluster says: kubectl get events --sort-by=.lastTimestamp';
  }
}

/** Whether a request failed because nothing answers at the address, rather than by an answer. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof DevloopError && error.code === 'cluster/unreachable';
}

/** Translates what a request to the API server failed with, by its code. */
export function translateConnectionError(error: unknown, server: string): unknown {
  if (error instanceof DevloopError || !(error instanceof Error) || error.name === 'AbortError') return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (code === undefined) return error;
  return new DevloopError(
    'cluster/unreachable',
    `The Kubernetes API at ${server} cannot be reached (${code}).`,
    'If the cluster is stopped: minikube start. devloop goes on by itself as soon as it answers.',
    { cause: error },
  );
}
