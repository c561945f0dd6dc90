import { unknownService } from '@devloop/shared/errors/unknown-service';
import type { ServiceSnapshot } from '@devloop/shared/protocol/service-state';
import type { DaemonSnapshot } from '@devloop/shared/protocol/snapshot';

/** @throws DevloopError `service/unknown` with those that there are */
export function serviceNamed(service: string, { services }: Pick<DaemonSnapshot, 'services'>): ServiceSnapshot {
  const found = services.find(({ name }) => name === service);
  if (found !== undefined) return found;
  throw unknownService(
    service,
    services.map(({ name }) => name),
  );
}
