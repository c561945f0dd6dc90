import { existsSync, readFileSync, statfsSync } from 'node:fs';
import os from 'node:os';
import { seconds } from '../events/event-recorder.ts';
import type { KubeObject } from '../ports/kube-object.ts';
import type { ObjectStore } from '../ports/object-store.ts';

/** What a node says of itself that is not to be seen from inside. */
export interface NodeFacts {
  readonly name: string;
  /** Address at which the node's ports are reached from outside. */
  readonly address: string;
  /** Of the engine, without `docker://`. */
  readonly engineVersion: string;
  /** `v1.32.0` */
  readonly kubernetesVersion: string;
  /** Folder whose file system the pods write to. */
  readonly folder: string;
}

/** How many pods a kubelet takes by default. */
const MOST_PODS = 110;

/** Go's names of processor architectures. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64', arm: 'arm', ia32: '386' };

/** The node's resources, as quantities. */
export function nodeCapacity(folder: string): Record<string, string> {
  const { blocks, bsize } = statfsSync(folder);
  return {
    cpu: String(os.availableParallelism()),
    'ephemeral-storage': `${Math.floor((blocks * bsize) / 1024)}Ki`,
    memory: `${Math.floor(os.totalmem() / 1024)}Ki`,
    pods: String(MOST_PODS),
  };
}

/** Registers the node as a kubelet does, ready at once. One that is there already is brought up to date. */
export function registerNode(store: ObjectStore, facts: NodeFacts): KubeObject {
  const name = { resource: 'nodes', namespace: undefined, name: facts.name };
  const node = nodeObject(facts);
  if (store.get(name) === undefined) store.create('nodes', node);
  const status = node['status'];
  return store.modify(name, (object) => ({ ...object, status }), 'kubelet') ?? node;
}

function nodeObject({ name, address, engineVersion, kubernetesVersion, folder }: NodeFacts): KubeObject {
  const architecture = ARCHITECTURES[process.arch] ?? process.arch;
  const capacity = nodeCapacity(folder);
  const labels = {
    'beta.kubernetes.io/arch': architecture,
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': architecture,
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    'node-role.kubernetes.io/control-plane': '',
  };
  const now = seconds(Date.now());
  const condition = (type: string, status: string, reason: string, message: string) => ({
    type,
    status,
    reason,
    message,
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  });
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels },
    spec: { podCIDR: '10.244.0.0/24', podCIDRs: ['10.244.0.0/24'] },
    status: {
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: name },
      ],
      capacity,
      allocatable: capacity,
      conditions: [
        condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
        condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
        condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
      ],
      nodeInfo: {
        architecture,
        bootID: bootId(),
        containerRuntimeVersion: `docker://${engineVersion}`,
        kernelVersion: os.release(),
        kubeProxyVersion: kubernetesVersion,
        kubeletVersion: kubernetesVersion,
        machineID: '',
        operatingSystem: 'linux',
        osImage: os.version(),
        systemUUID: '',
      },
    },
  };
}

/** Linux says it; elsewhere it is empty. */
function bootId(): string {
  const file = '/proc/sys/kernel/random/boot_id';
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
}
