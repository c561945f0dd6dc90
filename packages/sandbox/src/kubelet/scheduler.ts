import { EventRecorder, seconds } from '../events/event-recorder.ts';
import type { KubeObject } from '../ports/kube-object.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Container, PodSpec, Volume } from './pod-spec.ts';
import { quantity } from './quantity.ts';

/** By which its writes are known in managedFields. */
const MANAGER = 'kube-scheduler';

/** What follows why a pod fits no node, in kube-scheduler's words. */
const PREEMPTION = {
  notHelpful: 'preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
  noVictims: 'preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
};

/** Binds pending pods to the one node, in the order of their creation, as soon as it fits. */
export class Scheduler implements Disposable {
  readonly #store: ObjectStore;
  readonly #nodeName: string;
  readonly #events: EventRecorder;
  readonly #listening: DisposableStack;
  readonly #pending = new Map<string, KubeObject>();
  #turn: NodeJS.Immediate | undefined;

  constructor(store: ObjectStore, nodeName: string) {
    this.#store = store;
    this.#nodeName = nodeName;
    this.#events = new EventRecorder(store, { component: 'default-scheduler' });
    this.#listening = new DisposableStack();
    this.#listening.use(store.listen(['pods'], (change, pod) => this.#take(pod, change === 'deleted')));
    const others = ['nodes', 'persistentvolumeclaims'];
    this.#listening.use(store.listen(others, () => this.#soon()));
    for (const pod of store.list('pods')) this.#take(pod, false);
  }

  [Symbol.dispose](): void {
    clearImmediate(this.#turn);
    this.#listening.dispose();
  }

  #take(pod: KubeObject, isGone: boolean): void {
    const uid = pod.metadata.uid ?? '';
    if (isGone) this.#soon(); // what it took is free
    const isPending = !isGone && !pod['spec']?.nodeName && pod.metadata.deletionTimestamp === undefined;
    if (!isPending || pod['spec']?.schedulingGates?.length > 0) {
      this.#pending.delete(uid);
      return;
    }
    const isNew = !this.#pending.has(uid);
    this.#pending.set(uid, pod);
    if (isNew) this.#soon();
  }

  #soon(): void {
    if (this.#pending.size === 0) return;
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      for (const pod of [...this.#pending.values()]) this.#schedule(pod);
    });
  }

  #schedule(pod: KubeObject): void {
    const node = this.#store.get({ resource: 'nodes', namespace: undefined, name: this.#nodeName });
    const { namespace, name } = pod.metadata;
    const target = { resource: 'pods', namespace, name };
    const misfit = node === undefined ? 'no nodes available to schedule pods' : this.#misfit(pod, node);
    const at = { lastProbeTime: null, lastTransitionTime: seconds(Date.now()) };
    if (misfit !== undefined) {
      const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: misfit, ...at };
      const before = conditionsOf(pod).find(({ type }) => type === 'PodScheduled');
      if (before?.message === misfit) return;
      this.#store.modify(target, (object) => withCondition(object, condition), MANAGER);
      this.#events.record(pod, 'Warning', 'FailedScheduling', misfit);
      return;
    }
    this.#pending.delete(pod.metadata.uid ?? '');
    const bound = this.#store.modify(
      target,
      (object) =>
        withCondition(
          { ...object, spec: { ...object['spec'], nodeName: this.#nodeName } },
          { type: 'PodScheduled', status: 'True', ...at },
        ),
      MANAGER,
    );
    if (bound === undefined) return;
    const message = `Successfully assigned ${namespace}/${name} to ${this.#nodeName}`;
    this.#events.record(bound, 'Normal', 'Scheduled', message);
  }

  #misfit(pod: KubeObject, node: KubeObject): string | undefined {
    const { nodeSelector = {}, volumes = [] } = pod['spec'] as PodSpec;
    const claim = volumes.map((volume) => this.#unboundClaim(pod, volume)).find((words) => words !== undefined);
    if (claim !== undefined) return `0/1 nodes are available: ${claim}. ${PREEMPTION.notHelpful}`;
    const labels = node.metadata.labels ?? {};
    if (Object.entries(nodeSelector).some(([key, value]) => labels[key] !== value)) {
      return `0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. ${PREEMPTION.notHelpful}`;
    }
    if (node['spec']?.unschedulable) {
      return `0/1 nodes are available: 1 node(s) were unschedulable. ${PREEMPTION.notHelpful}`;
    }
    const short = this.#insufficient(pod, node);
    return short.length === 0 ? undefined : `0/1 nodes are available: ${short.join(', ')}. ${PREEMPTION.noVictims}`;
  }

  /** What the node has not enough of left: NodeResourcesFit. */
  #insufficient(pod: KubeObject, node: KubeObject): string[] {
    const allocatable: Record<string, string> = node['status']?.allocatable ?? {};
    const others = this.#store.list('pods').filter(({ spec, status }) => {
      return spec?.nodeName === this.#nodeName && status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
    });
    const short = ['cpu', 'memory'].filter((resource) => {
      const wanted = requestOf(pod, resource);
      const used = others.reduce((sum, other) => sum + requestOf(other, resource), 0);
      return wanted > 0 && used + wanted > quantity(allocatable[resource] ?? '0');
    });
    const isFull = others.length + 1 > quantity(allocatable['pods'] ?? '110');
    return [...(isFull ? ['1 Too many pods'] : []), ...short.map((resource) => `1 Insufficient ${resource}`)];
  }

  #unboundClaim({ metadata: { namespace } }: KubeObject, { persistentVolumeClaim }: Volume): string | undefined {
    if (persistentVolumeClaim === undefined) return undefined;
    const name = persistentVolumeClaim.claimName;
    const claim = this.#store.get({ resource: 'persistentvolumeclaims', namespace, name });
    if (claim === undefined) return `persistentvolumeclaim "${name}" not found`;
    return claim['status']?.phase === 'Bound' ? undefined : 'pod has unbound immediate PersistentVolumeClaims';
  }
}

/** What a pod asks for: its containers together, or the most that one of its init containers does. */
function requestOf(pod: KubeObject, resource: string): number {
  const { containers = [], initContainers = [] } = pod['spec'] as PodSpec;
  const of = ({ resources = {} }: Container) =>
    quantity(resources.requests?.[resource] ?? resources.limits?.[resource] ?? '0') || 0;
  const together = containers.reduce((sum, container) => sum + of(container), 0);
  return Math.max(together, ...initContainers.map(of));
}

interface ScheduledCondition {
  readonly type: string;
  readonly status: string;
  readonly message?: string;
}

function conditionsOf(pod: KubeObject): readonly ScheduledCondition[] {
  return pod['status']?.conditions ?? [];
}

function withCondition(pod: KubeObject, condition: ScheduledCondition): KubeObject {
  const others = conditionsOf(pod).filter(({ type }) => type !== condition.type);
  const status = { ...pod['status'], phase: pod['status']?.phase ?? 'Pending', conditions: [...others, condition] };
  return { ...pod, status };
}
