import type { Duplex } from 'node:stream';
import type { PodNetwork, PodSandbox } from '../kubelet/pod-network.ts';
import type { Places } from '../ports/place.ts';

/** The network of the node and its pods. */
export interface NodeNetwork extends PodNetwork, Places, AsyncDisposable {
  /**
   * Connects to a port of a pod, on its loopback address too.
   *
   * @throws the system's error where nothing listens
   */
  dial(pod: PodSandbox, port: number): Promise<Duplex>;
}
