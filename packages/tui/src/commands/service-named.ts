import { DevloopError } from '@devloop/shared/errors/devloop-error';
import type { ServiceSnapshot } from '@devloop/shared/protocol/service-state';
import type { DaemonSnapshot } from '@devloop/shared/protocol/snapshot';

/** @throws DevloopError `service/unknown` with those that there are */
export function serviceNamed(service: string, { services }: Pick<DaemonSnapshot, 'services'>): ServiceSnapshot {
  const found = services.find(({ name }) => name === service);
  if (found !== undefined) return found;
  throw new DevloopError(
    'service/unknown',
    `There is no service "${service}".`,
    `The services are: ${services.map(({ name }) => name).join(', ') || 'none'}.`,
  );
}
