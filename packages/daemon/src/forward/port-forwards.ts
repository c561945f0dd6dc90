import { DevloopError } from '@devloop/shared/errors/devloop-error';
import type { ForwardSummary } from '@devloop/shared/protocol/service-state';
import type { ClusterSession } from '../link/cluster-session.ts';
import type { ServiceSpec } from '../project/project.ts';
import type { Workload } from '../rollout/workload-status.ts';
import type { EventLog } from '../state/event-log.ts';
import type { PodCandidate } from './choose-pod.ts';
import { Forward, type ForwardGround, type ForwardWish } from './forward.ts';
import { Tunnels } from './open-tunnel.ts';
import { objectReference, podsOfObject, podsOfService } from './target-pods.ts';

const POD_WAIT_MS = 30_000;
const WORD_WAIT_MS = 20;

export interface PortForwardsOptions {
  readonly log: EventLog;
  readonly session: () => ClusterSession | undefined;
  /** The workloads of a service as they are to be: those that are being brought there before those that were applied. */
  readonly contents: (service: string) => readonly Workload[];
  /** Told of what can only be a defect. */
  readonly onBug: (error: unknown) => void;
  /** How long a connection waits for a pod that takes it before it is refused, ms. Default: 30 s. */
  readonly podWaitMs?: number;
  /** How long somebody who connects is waited for to speak, where that decides which pod it is, ms. Default: 20. */
  readonly wordWaitMs?: number;
}

/**
 * The local listeners of the project: what the config and the user want against what is open. A listener stays for as
 * long as it is wanted.
 */
export class PortForwards implements AsyncDisposable {
  readonly #ground: ForwardGround;
  readonly #tunnels = new Tunnels();
  readonly #options: PortForwardsOptions;
  readonly #forwards = new Map<string, Forward>();
  #services: ReadonlyMap<string, ServiceSpec> = new Map();
  #configured: readonly ForwardWish[] = [];
  /** What the user wants of a port of a service instead of what the config says; undefined: no forward. */
  readonly #wishes = new Map<string, ForwardWish | undefined>();
  #bringing: Promise<void> = Promise.resolve();

  constructor(options: PortForwardsOptions) {
    this.#options = options;
    this.#ground = {
      log: options.log,
      session: options.session,
      podWaitMs: options.podWaitMs ?? POD_WAIT_MS,
      wordWaitMs: options.wordWaitMs ?? WORD_WAIT_MS,
      tunnels: this.#tunnels,
      follow: (wish, session, signal) => this.#follow(wish, session, signal),
      candidates: (wish, session) => this.#candidates(wish, session),
    };
  }

  /** Follows the config: closes what is no longer wanted and opens what is missing. */
  async sync(services: readonly ServiceSpec[], configured: readonly ForwardWish[]): Promise<void> {
    this.#services = new Map(services.map((service) => [service.name, service]));
    this.#configured = configured;
    await this.#bringAbout();
  }

  /**
   * Forwards a port until it is removed, whatever the config says. Of one port there is one forward only.
   *
   * @throws DevloopError `command/refused` when the local port is another forward's already
   */
  async add(wish: Omit<ForwardWish, 'chosen'>): Promise<void> {
    const { service, local, port } = wish;
    const holder = [...this.#forwards.values()].find(
      ({ wish: other }) => other.local === local && !(other.service === service && other.port === port),
    )?.wish;
    if (holder !== undefined) {
      throw new DevloopError(
        'command/refused',
        `Port ${local} of this machine leads to port ${holder.port} of ${holder.service} already.`,
        `Choose another local port, or remove that one first: devloop ports remove ${holder.service} ${local}`,
      );
    }
    this.#wishes.set(portKey(wish), { ...wish, chosen: false });
    await this.#bringAbout();
  }

  /**
   * Ends the forward of a local port, whether it was added or is the config's.
   *
   * @throws DevloopError `command/refused` when the service has none
   */
  async remove(service: string, local: number): Promise<void> {
    const own = this.#wishesOf(service);
    const wish = own.find((candidate) => candidate.local === local);
    if (wish === undefined) {
      throw new DevloopError(
        'command/refused',
        `Port ${local} of this machine does not lead to ${service}.`,
        own.length === 0 ? 'None does: devloop ports' : `These do: ${own.map((one) => one.local).join(', ')}.`,
      );
    }
    this.#wishes.set(portKey(wish), undefined);
    await this.#bringAbout();
  }

  /** The forwards of a service. */
  of(service: string): ForwardSummary[] {
    return [...this.#forwards.values()]
      .filter(({ wish }) => wish.service === service)
      .map((forward) => forward.summary);
  }

  /** What is forwarded and is no service of the project, each once. */
  get others(): string[] {
    const names = [...this.#forwards.values()].map(({ wish }) => wish.service);
    return [...new Set(names.filter((name) => !this.#services.has(name)))];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bringing;
    await Promise.all([...this.#forwards.values()].map((forward) => forward[Symbol.asyncDispose]()));
    this.#forwards.clear();
    this.#tunnels[Symbol.dispose]();
  }

  /** One at a time, so that none opens what another is closing. */
  #bringAbout(): Promise<void> {
    const mine = this.#bringing.then(() => this.#bringAboutNow());
    this.#bringing = mine.catch(() => undefined);
    return mine;
  }

  async #bringAboutNow(): Promise<void> {
    const wished = [...this.#wishes.values()].filter((wish) => wish !== undefined);
    const configured = this.#configured.filter((wish) => !this.#wishes.has(portKey(wish)));
    const isKnown = ({ service }: ForwardWish) => this.#services.has(service) || objectReference(service) !== undefined;
    const wanted = new Map([...configured, ...wished].filter(isKnown).map((wish) => [JSON.stringify(wish), wish]));
    const unwanted = [...this.#forwards].filter(([key]) => !wanted.has(key));
    await Promise.all(
      unwanted.map(async ([key, forward]) => {
        this.#forwards.delete(key);
        await forward[Symbol.asyncDispose]();
        const { service, local, port } = forward.wish;
        this.#options.log.dispatch({ type: 'forward-changed', service, local, port, status: 'closed' });
      }),
    );
    for (const [key, wish] of wanted) {
      if (this.#forwards.has(key)) continue;
      const forward = new Forward(wish, this.#ground, this.#options.onBug);
      this.#forwards.set(key, forward);
      await forward.open();
    }
  }

  #wishesOf(service: string): ForwardWish[] {
    return [...this.#forwards.values()].map(({ wish }) => wish).filter((wish) => wish.service === service);
  }

  /** Another namespace than the project's is followed as soon as somebody connects to something in it. */
  async #follow({ service }: ForwardWish, session: ClusterSession, signal: AbortSignal): Promise<void> {
    const namespace = this.#services.has(service) ? undefined : objectReference(service)?.namespace;
    if (namespace === undefined || [...session.view.namespaces].includes(namespace)) return;
    // A refusal to this is the connection's; one to a watch would be taken for the loss of the cluster.
    await session.api.json(`/api/v1/namespaces/${namespace}/pods`, { query: { limit: 1 }, signal });
    await session.view.follow(namespace, signal);
  }

  #candidates({ service, port }: ForwardWish, session: ClusterSession): readonly PodCandidate[] {
    const spec = this.#services.get(service);
    if (spec !== undefined) return podsOfService(spec, port, this.#options.contents(service), session);
    const reference = objectReference(service);
    return reference === undefined ? [] : podsOfObject(reference, port, session.view, session.namespace);
  }
}

function portKey({ service, port }: Pick<ForwardWish, 'service' | 'port'>): string {
  return `${service} ${port}`;
}
