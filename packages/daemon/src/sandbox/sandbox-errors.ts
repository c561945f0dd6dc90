import { DevloopError } from '@devloop/shared/errors/devloop-error';

const LIFTS =
  process.platform === 'linux'
    ? 'To run all, allow user namespaces and install util-linux and iproute2 (docs/sandbox.md), or use a cluster: minikube start'
    : 'To run all, use a cluster: minikube start';

export function sandboxRefused(problem: string): DevloopError {
  return new DevloopError(
    'sandbox/refused',
    `There can be no sandbox on this machine: ${problem}.`,
    'Use a cluster: minikube start',
  );
}

/** No failure: it runs, and what it does not run it refuses. */
export function sandboxLimited(problem: string): DevloopError {
  return new DevloopError(
    'sandbox/limited',
    `This sandbox runs nothing but Node with a file, and no RUN steps: this machine allows it no namespaces (${problem}).`,
    LIFTS,
  );
}

/** @param said what the sandbox said */
export function sandboxFailed(said: string): DevloopError {
  return new DevloopError(
    'sandbox/failed',
    'The sandbox did not start.',
    'See what devloop doctor says, and try again: devloop up --sandbox',
    { evidence: said.split('\n').filter((line) => line.trim() !== '') },
  );
}
