import { DevloopError } from '@devloop/shared/errors/devloop-error';

/** Codes with which Node says that a connection could not be made or was lost. */
const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

/** Translates what dockerode rejects with, by its code or HTTP status. A {@link DevloopError} passes unchanged. */
export function translateDockerError(error: unknown, doing: string, address: string): unknown {
  if (error instanceof DevloopError || !(error instanceof Error)) return error;
  if (error.name === 'AbortError') return error;
  if ('statusCode' in error && typeof error.statusCode === 'number') {
    const json = 'json' in error ? (error.json as { message?: string } | undefined) : undefined;
    return new DevloopError(
      'engine/refused',
      `The Docker Engine at ${address} refused ${doing}: ${json?.message ?? error.message}`,
      'See what the engine says of itself: docker info. devloop doctor tells how to reach it.',
      { cause: error },
    );
  }
  if ('code' in error && typeof error.code === 'string' && isConnectionError(error.code, error)) {
    return new DevloopError(
      'engine/unreachable',
      `The Docker Engine at ${address} cannot be reached (${error.code}) for ${doing}.`,
      'If the cluster is stopped: minikube start. devloop goes on by itself as soon as the engine answers.',
      { cause: error },
    );
  }
  return error;
}

/** An engine that takes connections and says nothing. */
export function noAnswer(address: string, answerMs: number): DevloopError {
  return new DevloopError(
    'engine/unreachable',
    `The Docker Engine at ${address} did not answer within ${answerMs / 1000} s.`,
    'See whether it is well: docker info, minikube status. devloop goes on by itself as soon as the engine answers.',
  );
}

/** The HTTP status with which the engine refused, if it did. */
export function dockerStatus(error: unknown): number | undefined {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : undefined;
}

function isConnectionError(code: string, error: Error): boolean {
  // A file of the context that cannot be read fails with these codes too.
  if (code === 'ENOENT' || code === 'EACCES') return 'syscall' in error && error.syscall === 'connect';
  return CONNECTION_CODES.has(code) || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_');
}
