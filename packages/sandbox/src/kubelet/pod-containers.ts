import { type ContainerRun, ContainerSlot } from './container-slot.ts';
import type { ContainerStatus } from './container-status.ts';
import type { Container, PodSpec } from './pod-spec.ts';

export type ContainerPair = readonly [slot: ContainerSlot, container: Container];

/** The containers of one pod, in the order of its spec; which there are never changes. */
export class PodContainers {
  readonly #inits: readonly ContainerSlot[];
  readonly #mains: readonly ContainerSlot[];

  constructor({ initContainers = [], containers }: PodSpec) {
    this.#inits = initContainers.map(({ name }) => new ContainerSlot(name, true));
    this.#mains = containers.map(({ name }) => new ContainerSlot(name, false));
  }

  /** The init containers with their present specs. */
  inits({ initContainers = [] }: PodSpec): ContainerPair[] {
    return paired(this.#inits, initContainers);
  }

  mains({ containers }: PodSpec): ContainerPair[] {
    return paired(this.#mains, containers);
  }

  all(spec: PodSpec): ContainerPair[] {
    return [...this.inits(spec), ...this.mains(spec)];
  }

  /** The present run of the engine's container of that id. */
  run(id: string): ContainerRun | undefined {
    return [...this.#inits, ...this.#mains].find((slot) => slot.run?.id === id)?.run;
  }

  /** What runs or ran, and was not removed. */
  runs(): ContainerRun[] {
    return [...this.#inits, ...this.#mains].flatMap(({ run, previous }) => [run ?? [], previous ?? []].flat());
  }

  statuses(spec: PodSpec): { readonly initStatuses: ContainerStatus[]; readonly statuses: ContainerStatus[] } {
    const initialising = { reason: 'PodInitializing' };
    const idle = this.#inits.length > 0 ? initialising : { reason: 'ContainerCreating' };
    return {
      initStatuses: this.inits(spec).map(([slot, container]) => slot.status(container, initialising)),
      statuses: this.mains(spec).map(([slot, container]) => slot.status(container, idle)),
    };
  }
}

function paired(slots: readonly ContainerSlot[], containers: readonly Container[]): ContainerPair[] {
  return slots.flatMap((slot, index) => {
    const container = containers[index];
    return container === undefined ? [] : [[slot, container] as const];
  });
}
