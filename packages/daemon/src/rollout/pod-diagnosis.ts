import type { ErrorReport } from '@devloop/shared/errors/devloop-error';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { containersOf } from '../deploy/workload-images.ts';
import { type ExpectedImage, type ExpectedImages, runsImage } from './expected-images.ts';

/** What keeps a pod from being ready. */
export interface Diagnosis {
  /** Stable name of the class: `crash-loop`, `image-missing`, … */
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  /** True when waiting longer cannot help: the next save is needed. */
  readonly fatal: boolean;
  /** The container at fault, whose last lines are evidence. */
  readonly container: string | undefined;
  /** Whether those lines are of the container before this one (`kubectl logs --previous`). */
  readonly previous: boolean;
}

interface Terminated {
  exitCode: number;
  signal?: number;
  reason?: string;
  message?: string;
}

interface ContainerStatus {
  name: string;
  image: string;
  imageID?: string;
  ready: boolean;
  restartCount: number;
  state?: { waiting?: { reason?: string; message?: string }; running?: object; terminated?: Terminated };
  lastState?: { terminated?: Terminated };
}

/** Waiting reasons that no waiting mends, after kubelet's pkg/kubelet/images and kuberuntime. */
const IMAGE_REASONS = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
]);
const CONFIG_REASONS = new Set([
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'StartError',
  'ContainerCannotRun',
]);

/** What POSIX shells and the kernel mean by an exit code; 128 + n is a death by signal n. */
const EXIT_CODES: Readonly<Record<number, string>> = {
  126: 'the command is not executable',
  127: 'the command was not found in the image',
  134: 'it aborted (SIGABRT)',
  137: 'it was killed (SIGKILL)',
  139: 'it crashed with a segmentation fault (SIGSEGV)',
  143: 'it was asked to end (SIGTERM)',
};

/**
 * Why a pod is not ready, or undefined when there is nothing but to wait. Pure; the container statuses are looked at
 * before the events, which only decide where the status says nothing.
 *
 * @param events of this pod
 * @param expected what its containers are to run: how one ended that ran something else is no news about them
 */
export function diagnosePod(
  pod: KubernetesObject,
  events: readonly KubernetesObject[],
  expected: ExpectedImages = new Map(),
): Diagnosis | undefined {
  const status = pod['status'] ?? {};
  const name = pod.metadata.name;
  if (status.phase === 'Failed' && status.reason !== undefined && !REPLACED.has(status.reason)) {
    return turnedAway(name, status);
  }
  const containers: ContainerStatus[] = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  for (const container of containers) {
    const image = expected.get(container.name, imageIn(pod, container.name));
    const pushed = image?.digest !== undefined;
    const diagnosis = diagnoseContainer(pod, container, { isOfThePast: isOfThePast(container, image), pushed });
    if (diagnosis !== undefined) return diagnosis;
  }
  return diagnoseScheduling(pod) ?? diagnoseEvents(pod, events);
}

/** Reasons of nodes that go down or make room: the pod's controller makes another one, which may do well. */
const REPLACED = new Set([
  'Shutdown',
  'NodeShutdown',
  'Terminated',
  'NodeLost',
  'Preempting',
  'UnexpectedAdmissionError',
]);

/** A pod that was given a reason of its own when it failed: its node has ended it, or has not taken it at all. */
function turnedAway(name: string, { reason, message }: { reason: string; message?: string }): Diagnosis {
  const shared = { fatal: true, container: undefined, previous: false };
  return reason === 'Evicted'
    ? {
        ...shared,
        code: 'evicted',
        message: `The pod ${name} was evicted: ${message ?? 'the node ran out of something'}`,
        remedy: 'Make room on the node: minikube ssh -- docker system df',
      }
    : {
        ...shared,
        code: 'turned-away',
        message: `The node does not run the pod ${name}: ${message ?? reason}`,
        remedy: `Take out of the manifest what the node does not allow or have (${reason}), or let it: kubectl describe node`,
      };
}

function imageIn(pod: KubernetesObject, container: string): string | undefined {
  return containersOf(pod).find(({ name }) => name === container)?.image;
}

/** Whether a status still tells of the content before a swap. */
function isOfThePast(container: ContainerStatus, image: ExpectedImage | undefined): boolean {
  return image !== undefined && Boolean(container.imageID) && !runsImage(container, image);
}

function diagnoseContainer(
  pod: KubernetesObject,
  container: ContainerStatus,
  { isOfThePast, pushed }: { readonly isOfThePast: boolean; readonly pushed: boolean },
): Diagnosis | undefined {
  const { waiting, terminated } = container.state ?? {};
  const reason = waiting?.reason ?? '';
  const which = `${container.name} in pod ${pod.metadata.name}`;
  const spec: { name: string; image: string }[] = [
    ...(pod['spec']?.initContainers ?? []),
    ...(pod['spec']?.containers ?? []),
  ];
  // While an image is waited for, the status names it as the spec did when the kubelet looked: it may have changed since.
  const asksForAnother = spec.some(({ name, image }) => name === container.name && image !== container.image);
  if (IMAGE_REASONS.has(reason)) {
    if (asksForAnother) return undefined;
    return {
      code: 'image-missing',
      message: `The image ${container.image} of container ${which} cannot be had: ${waiting?.message ?? reason}`,
      remedy: pushed
        ? 'It was pushed, but the node cannot pull it: give it the address by which it reaches the registry, `registry: { pull: … }` in devloop.yaml, or `imagePullSecrets` in the manifest.'
        : remedyOfPull(container.image, reason, waiting?.message ?? ''),
      fatal: true,
      container: undefined,
      previous: false,
    };
  }
  if (CONFIG_REASONS.has(reason)) {
    return {
      code: 'config-missing',
      message: `Container ${which} cannot be started: ${waiting?.message ?? reason}`,
      remedy: 'Add what it names (a ConfigMap, a Secret, a key, a command) to the manifests, or mend the reference.',
      fatal: true,
      container: undefined,
      previous: false,
    };
  }
  if (isOfThePast) return undefined;
  if (reason === 'CrashLoopBackOff') {
    return crashed(container, which, container.lastState?.terminated, true, true);
  }
  if (terminated !== undefined && terminated.exitCode !== 0) {
    const restarts = pod['spec']?.restartPolicy !== 'Never';
    return crashed(container, which, terminated, !restarts, false);
  }
  return undefined;
}

/** What mends that a node cannot pull an image that was not built here. The kubelet has nothing but the engine's words for why. */
function remedyOfPull(image: string, reason: string, said: string): string {
  const load = `minikube image load ${image}`;
  if (reason === 'ErrImageNeverPull') {
    return `Let a service build it (services.<name>.build.image in devloop.yaml), or bring it to the node: ${load}`;
  }
  if (/\bx509: |\btls: |server gave HTTP response to HTTPS client/.test(said)) {
    return 'Let the node trust its registry: the CA in /etc/docker/certs.d/HOST:PORT/ca.crt, or of plain HTTP minikube start --insecure-registry=HOST:PORT';
  }
  if (/\bdial tcp\b|no such host|i\/o timeout|Client\.Timeout/.test(said)) {
    return `The node does not reach the registry. What is on the node is taken with \`imagePullPolicy: IfNotPresent\`; to bring it there: ${load}`;
  }
  return 'Correct the image in the manifest, or let a service build it: services.<name>.build.image in devloop.yaml';
}

function crashed(
  container: ContainerStatus,
  which: string,
  terminated: Terminated | undefined,
  fatal: boolean,
  previous: boolean,
): Diagnosis {
  if (terminated?.reason === 'OOMKilled') {
    return {
      code: 'out-of-memory',
      message: `Container ${which} was killed because it used more memory than its limit.`,
      remedy: 'Raise resources.limits.memory in the manifest, or use less.',
      fatal,
      container: container.name,
      previous,
    };
  }
  const exit = terminated?.exitCode;
  const meaning = exit === undefined ? '' : EXIT_CODES[exit] === undefined ? '' : `: ${EXIT_CODES[exit]}`;
  const detail = terminated?.message === undefined ? '' : ` (${terminated.message.trim().split('\n').at(-1)})`;
  const times = container.restartCount > 1 ? `, ${container.restartCount} times` : '';
  return {
    code: fatal ? 'crash-loop' : 'crashed',
    message:
      exit === 0
        ? `Container ${which} ends again and again with exit code 0: it is not a program that stays${times}.`
        : `Container ${which} crashed with exit code ${exit ?? 'unknown'}${meaning}${detail}${times}.`,
    remedy:
      exit === 0
        ? 'Let its command stay in the foreground, or make it a Job.'
        : 'Mend the program where its last lines point and save.',
    fatal,
    container: container.name,
    previous,
  };
}

/** What the scheduler says has no code: words of its own, or names of taints and fields, the same in all versions. */
const WHY_UNSCHEDULABLE: readonly { readonly said: RegExp; readonly remedy: string; readonly passes: boolean }[] = [
  {
    // A claim that has just been applied is bound a moment later.
    said: /persistentvolumeclaim/i,
    remedy:
      'See why the claim is not bound: kubectl describe pvc. Without a StorageClass (kubectl get sc): minikube addons enable default-storageclass, storage-provisioner; of a compose project `compose: { volumes: empty }` does without.',
    passes: true,
  },
  {
    // A node that has just been started, or whose kubelet has been silent for a moment, comes back.
    said: /node\.kubernetes\.io\/(?:not-ready|unreachable|network-unavailable)/,
    remedy: 'See why the node is not ready: kubectl describe nodes. If it has stopped: minikube start',
    passes: true,
  },
  {
    said: /node\.kubernetes\.io\/disk-pressure/,
    remedy: 'Make room on the node: minikube ssh -- docker system prune',
    passes: false,
  },
  {
    said: /unschedulable|cordon/,
    remedy: 'Let the node take pods again: kubectl uncordon NODE',
    passes: false,
  },
  {
    said: /affinity|selector|\btaint/i,
    remedy:
      'Correct nodeSelector, affinity or tolerations in the manifest: kubectl describe nodes says what a node has.',
    passes: false,
  },
];

function diagnoseScheduling(pod: KubernetesObject): Diagnosis | undefined {
  const conditions: { type: string; status: string; reason?: string; message?: string }[] =
    pod['status']?.conditions ?? [];
  const scheduled = conditions.find((condition) => condition.type === 'PodScheduled');
  if (scheduled?.status !== 'False' || scheduled.reason !== 'Unschedulable') return undefined;
  const said = scheduled.message ?? 'unschedulable';
  const { remedy, passes } = WHY_UNSCHEDULABLE.find((one) => one.said.test(said)) ?? {
    remedy: 'Ask for less in resources.requests, free the node, or give minikube more: minikube start --cpus --memory',
    passes: false,
  };
  return {
    code: 'unschedulable',
    message: `No node takes the pod ${pod.metadata.name}: ${said}`,
    remedy,
    fatal: !passes,
    container: undefined,
    previous: false,
  };
}

/** Events that explain a pod whose status does not: mounts that fail, probes that fail. */
function diagnoseEvents(pod: KubernetesObject, events: readonly KubernetesObject[]): Diagnosis | undefined {
  const warnings = events
    .filter((event) => event['type'] === 'Warning')
    .sort((a, b) => (lastSeen(a) < lastSeen(b) ? 1 : -1));
  const mount = warnings.find((event) => event['reason'] === 'FailedMount' || event['reason'] === 'FailedAttachVolume');
  if (mount !== undefined && !isRunning(pod)) {
    return {
      code: 'config-missing',
      message: `A volume of pod ${pod.metadata.name} cannot be mounted: ${mount['message']}`,
      remedy: 'Add the ConfigMap, Secret or claim that it names to the manifests, or mend the reference.',
      // The kubelet tries again and may succeed, when what is missing is being applied right now.
      fatal: Number(mount['count'] ?? 1) > 2,
      container: undefined,
      previous: false,
    };
  }
  const unhealthy = warnings.find((event) => event['reason'] === 'Unhealthy');
  if (unhealthy === undefined || isReady(pod)) return undefined;
  return {
    code: 'probe-failing',
    message: `A probe of pod ${pod.metadata.name} fails: ${unhealthy['message']}`,
    remedy: 'Let the program answer where the probe asks, or correct the probe in the manifest.',
    fatal: false,
    container: runningContainer(pod),
    previous: false,
  };
}

function lastSeen(event: KubernetesObject): string {
  return String(event['lastTimestamp'] ?? event['eventTime'] ?? event.metadata.creationTimestamp ?? '');
}

function isRunning(pod: KubernetesObject): boolean {
  return pod['status']?.phase === 'Running';
}

function runningContainer(pod: KubernetesObject): string | undefined {
  const statuses: ContainerStatus[] = pod['status']?.containerStatuses ?? [];
  return statuses.find((status) => !status.ready && status.state?.running !== undefined)?.name;
}

/** The pod's Ready condition. */
export function isReady(pod: KubernetesObject): boolean {
  const conditions: { type: string; status: string }[] = pod['status']?.conditions ?? [];
  return conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True');
}

/** The words of kubectl's STATUS column for a pod (pkg/printers/internalversion printPod). */
export function podStatus(pod: KubernetesObject): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating';
  const status = pod['status'] ?? {};
  const inits: ContainerStatus[] = status.initContainerStatuses ?? [];
  for (const [index, init] of inits.entries()) {
    if (init.state?.terminated?.exitCode === 0 || (init.state?.running && isSidecar(pod, init.name))) continue;
    const reason = init.state?.terminated?.reason ?? init.state?.waiting?.reason;
    return reason !== undefined && reason !== 'PodInitializing' ? `Init:${reason}` : `Init:${index}/${inits.length}`;
  }
  const containers: ContainerStatus[] = status.containerStatuses ?? [];
  for (const container of containers.toReversed()) {
    const { waiting, terminated } = container.state ?? {};
    if (waiting?.reason) return waiting.reason;
    if (terminated)
      return (
        terminated.reason ?? (terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`)
      );
  }
  return status.reason ?? status.phase ?? 'Unknown';
}

/** An init container that stays (Kubernetes 1.28): once it runs, the pod is past it. */
function isSidecar(pod: KubernetesObject, name: string): boolean {
  const inits: { name: string; restartPolicy?: string }[] = pod['spec']?.initContainers ?? [];
  return inits.some((init) => init.name === name && init.restartPolicy === 'Always');
}

/** A diagnosis as the user sees it, with the lines that prove it. */
export function diagnosisReport(diagnosis: Diagnosis, evidence: readonly string[]): ErrorReport {
  return { code: 'rollout/failed', message: diagnosis.message, remedy: diagnosis.remedy, evidence: [...evidence] };
}
