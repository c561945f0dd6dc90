import { DevloopError } from './devloop-error.ts';

/** The error `service/unknown` for a name that no service has, with those that there are. */
export function unknownService(name: string, known: readonly string[]): DevloopError {
  return new DevloopError(
    'service/unknown',
    `There is no service "${name}".`,
    known.length === 0 ? 'Add it under services: in devloop.yaml.' : `The services are: ${known.join(', ')}.`,
  );
}
