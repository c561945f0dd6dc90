import type { EventRecorder } from '../events/event-recorder.ts';
import type { ContainerEngine } from '../ports/container-engine.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { BackOff } from './back-off.ts';
import type { ClusterDns } from './pod-files.ts';
import type { PodNetwork } from './pod-network.ts';

/** What all pods of a node share. */
export interface KubeletContext {
  readonly store: ObjectStore;
  readonly engine: ContainerEngine;
  readonly network: PodNetwork;
  readonly events: EventRecorder;
  readonly dns: ClusterDns;
  readonly hostAddress: string;
  readonly allocatable: Readonly<Record<string, string>>;
  /** Private folder of the kubelet; absolute. */
  readonly folder: string;
  readonly restartBackOff: BackOff;
  readonly pullBackOff: BackOff;
}
