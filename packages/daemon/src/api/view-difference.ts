import type { ServiceSnapshot } from '@devloop/shared/protocol/service-state';
import type { DaemonSnapshot } from '@devloop/shared/protocol/snapshot';
import type { ViewMessage } from '@devloop/shared/protocol/stream-message';

/** What one client has been told of the snapshot, so that it is told only what differs. */
export class ViewDifference {
  #project = '';
  #order = '';
  #services = new Map<string, string>();

  /** The message that brings the client up to date; undefined where it is. */
  next(snapshot: DaemonSnapshot): Extract<ViewMessage, { type: 'changed' }> | undefined {
    const { services, ...project } = snapshot;
    const names = services.map(({ name }) => name);
    const changed: ServiceSnapshot[] = [];
    const told = new Map<string, string>();
    for (const service of services) {
      const text = JSON.stringify(service);
      told.set(service.name, text);
      if (this.#services.get(service.name) !== text) changed.push(service);
    }
    const projectText = JSON.stringify(project);
    const order = JSON.stringify(names);
    const isOtherProject = this.#project !== projectText;
    const isOtherOrder = this.#order !== order;
    this.#services = told;
    this.#project = projectText;
    this.#order = order;
    if (changed.length === 0 && !isOtherProject && !isOtherOrder) return undefined;
    return {
      type: 'changed',
      ...(isOtherProject ? { project } : {}),
      services: changed,
      ...(isOtherOrder ? { order: names } : {}),
    };
  }
}
