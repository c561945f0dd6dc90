import type { Place } from '../ports/place.ts';

/** What the kubelet needs of the network: the part of CNI and of the pause container. */
export interface PodNetwork {
  /** Gives a pod its network namespace and address. */
  attach(podUid: string): Promise<PodSandbox>;
  /** Where pods' addresses are reached from the node's process. */
  readonly place: Place;
}

/** A pod's network, which outlives its containers. Disposing gives the address back. */
export interface PodSandbox extends AsyncDisposable {
  readonly address: string;
  /** Process whose network namespace the containers join; undefined: that of the node. */
  readonly pid: number | undefined;
}
