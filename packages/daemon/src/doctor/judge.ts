import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import type { MinikubeProfile } from '../minikube/minikube.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

/** Oldest Node that devloop runs on. */
export const OLDEST_NODE = '22.22.0';
/** Oldest API server: older ones lack parts of server-side apply. */
export const OLDEST_KUBERNETES = '1.20.0';
/** Share of a disk from which on the kubelet soon begins to evict pods and to remove images. */
const FULL_PERCENT = 85;
/** A large repository needs this many; the kernels that devloop meets give between 8192 and a million. */
const LEAST_WATCHES = 65_536;
const LEAST_INSTANCES = 128;

/** Whether a version (`v1.31.0+k3s1`, `22.22.1`) is at least another; undefined where it is none. */
export function isAtLeast(version: string, oldest: string): boolean | undefined {
  const [have, want] = [numbersOf(version), numbersOf(oldest)];
  if (have === undefined || want === undefined) return undefined;
  for (const [index, least] of want.entries()) {
    const number = have[index] ?? 0;
    if (number !== least) return number > least;
  }
  return true;
}

function numbersOf(version: string): number[] | undefined {
  const found = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(version);
  return found?.slice(1).map((part) => Number(part ?? 0));
}

export function judgeNode(version: string): Finding {
  return isAtLeast(version, OLDEST_NODE) === true
    ? ok('Node', version)
    : failed('Node', `${version} is older than ${OLDEST_NODE}`, 'Install Node 22.22 or later: https://nodejs.org');
}

export function judgeKubernetes(server: string, version: string): Finding {
  const detail = `${server}, Kubernetes ${version}`;
  switch (isAtLeast(version, OLDEST_KUBERNETES)) {
    case true:
      return ok('API server', detail);
    case false:
      return failed(
        'API server',
        `${detail} is older than ${OLDEST_KUBERNETES}`,
        'Make the cluster with a newer version: minikube start --kubernetes-version=stable',
      );
    case undefined:
      return warning('API server', `${detail} is no version that devloop can compare with ${OLDEST_KUBERNETES}`);
  }
}

/** What minikube says of a profile. */
export function judgeProfile(
  profile: MinikubeProfile,
  status: { readonly Host: string; readonly Kubelet: string; readonly APIServer: string } | undefined,
): Finding {
  const name = `minikube profile ${profile.name}`;
  const what = `driver ${profile.driver || 'unknown'}, runtime ${profile.runtime || 'unknown'}`;
  const flag = profile.name === 'minikube' ? '' : ` -p ${profile.name}`;
  if (status === undefined)
    return warning(name, `${what}; minikube tells no status`, `See why: minikube status${flag}`);
  const parts = `host ${status.Host}, kubelet ${status.Kubelet}, API server ${status.APIServer}`;
  if (status.Host !== 'Running' || status.APIServer !== 'Running') {
    return failed(name, `${what}; ${parts}`, `Start it: minikube start${flag}`);
  }
  if (profile.runtime !== '' && profile.runtime !== 'docker') {
    return failed(
      name,
      `${what}; ${parts}; devloop builds in a Docker Engine, which this runtime has not`,
      `Make it with Docker as its runtime: minikube delete${flag} && minikube start${flag} --container-runtime=docker`,
    );
  }
  return ok(name, `${what}; ${parts}`);
}

/** Whether images that the engine has are images that the nodes' kubelets find. */
export function judgeRuntimes(engineVersion: string, nodes: readonly KubernetesObject[]): Finding {
  const name = 'node runtime';
  const runtimes = [
    ...new Set(nodes.map((node) => String(node['status']?.nodeInfo?.containerRuntimeVersion ?? 'unknown'))),
  ];
  const running = `docker://${engineVersion.replace(/\+.*$/, '')}`;
  if (nodes.length === 0) return warning(name, 'the cluster lists no node');
  if (!runtimes.some((runtime) => runtime.startsWith(running))) {
    return failed(
      name,
      `the nodes run ${runtimes.join(', ')}, the engine is Docker ${engineVersion}: images built there are not found`,
      'Use a cluster with Docker as its runtime: minikube start --container-runtime=docker',
    );
  }
  if (nodes.length > 1) {
    return warning(
      name,
      `${runtimes.join(', ')} on ${nodes.length} nodes; an image is on the node it was built on only`,
      'Develop on a cluster of one node: minikube start --nodes=1',
    );
  }
  return ok(name, `${runtimes.join(', ')}, the version of the engine`);
}

/** What the kubelets say about their nodes' disks: the one thing about it that every cluster tells. */
export function judgeDiskPressure(nodes: readonly KubernetesObject[]): Finding {
  const name = 'node disk';
  const pressed = nodes.filter((node) => {
    const conditions: { type: string; status: string }[] = node['status']?.conditions ?? [];
    return conditions.some(({ type, status }) => type === 'DiskPressure' && status === 'True');
  });
  if (pressed.length === 0) return ok(name, 'no node reports DiskPressure');
  return failed(
    name,
    `${pressed.map(({ metadata }) => metadata.name).join(', ')} reports DiskPressure and evicts pods`,
    'Make room: minikube ssh -- docker system prune',
  );
}

/** How full the file system of the engine is, where that is known. */
export function judgeDisk(disk: { readonly used: number; readonly size: number } | undefined, images: string): Finding {
  const name = 'engine disk';
  if (disk === undefined || disk.size === 0) {
    return ok(name, `${images}; how full its disk is, is not known from here: minikube ssh -- df -h /var/lib/docker`);
  }
  const percent = Math.round((100 * disk.used) / disk.size);
  const detail = `${percent} % of ${gigabytes(disk.size)} used; ${images}`;
  return percent < FULL_PERCENT
    ? ok(name, detail)
    : warning(name, detail, 'Make room: minikube ssh -- docker system prune');
}

export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

/** What the kernel gives each user of file watches, and what this user's processes hold. */
export interface WatchUse {
  readonly maxWatches: number;
  readonly maxInstances: number;
  readonly watches: number;
  readonly instances: number;
}

export function judgeWatches({ maxWatches, maxInstances, watches, instances }: WatchUse): Finding {
  const name = 'file watches';
  const detail = `${watches} of ${maxWatches} watches and ${instances} of ${maxInstances} instances in use, as far as this user may see`;
  const isLow = maxWatches < LEAST_WATCHES || maxInstances < LEAST_INSTANCES;
  const isNearlyUsed = watches > 0.9 * maxWatches || instances > 0.9 * maxInstances;
  if (!isLow && !isNearlyUsed) return ok(name, detail);
  const [more, many] = [Math.max(524_288, maxWatches * 2), Math.max(512, maxInstances * 2)];
  return warning(
    name,
    detail,
    `Raise the limits: sudo sysctl fs.inotify.max_user_watches=${more} fs.inotify.max_user_instances=${many}`,
  );
}

/** Sums what `/proc/<pid>/fdinfo` files of inotify instances say: each line that begins with `inotify` is a watch. */
export function countWatches(fdinfos: readonly string[]): { watches: number; instances: number } {
  const instances = fdinfos.map((text) => text.match(/^inotify /gm)?.length ?? 0);
  return { instances: instances.length, watches: instances.reduce((sum, count) => sum + count, 0) };
}
