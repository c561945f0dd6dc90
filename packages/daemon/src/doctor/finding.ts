import { DevloopError } from '@devloop/shared/errors/devloop-error';

/** What one look at the surroundings found. */
export interface Finding {
  /** What was looked at: `minikube`, `API server`. */
  readonly name: string;
  readonly status: 'ok' | 'warning' | 'failed';
  readonly detail: string;
  /** What the user can do about it; absent where there is nothing to do. */
  readonly remedy?: string;
}

export function ok(name: string, detail: string): Finding {
  return { name, status: 'ok', detail };
}

export function warning(name: string, detail: string, remedy?: string): Finding {
  return { name, status: 'warning', detail, ...(remedy === undefined ? {} : { remedy }) };
}

export function failed(name: string, detail: string, remedy?: string): Finding {
  return { name, status: 'failed', detail, ...(remedy === undefined ? {} : { remedy }) };
}

/** The finding that an error is, in its own words and with its own remedy where it has one. */
export function fromError(name: string, error: unknown): Finding {
  if (error instanceof DevloopError) return failed(name, error.message, error.remedy);
  return failed(name, error instanceof Error ? error.message : String(error));
}
