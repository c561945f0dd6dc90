import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { startControllers } from './controllers/controllers.ts';
import { Kubelet } from './kubelet/kubelet.ts';
import { nodeCapacity, registerNode } from './kubelet/node-object.ts';
import { Scheduler } from './kubelet/scheduler.ts';
import { DnsServer } from './network/dns-server.ts';
import type { NodeNetwork } from './network/node-network.ts';
import type { NodePorts } from './network/node-ports.ts';
import { ServiceProxies } from './network/service-proxies.ts';
import type { ContainerEngine } from './ports/container-engine.ts';
import type { ObjectStore } from './ports/object-store.ts';
import { KubeletStreams } from './streams/kubelet-streams.ts';

/** The cluster's DNS, as on minikube and kubeadm clusters. */
export const DNS = { address: '10.96.0.10', port: 53, domain: 'cluster.local' };

export interface ClusterNodeOptions {
  readonly store: ObjectStore;
  readonly engine: ContainerEngine;
  readonly network: NodeNetwork;
  readonly name: string;
  /** At which the ports of the node are reached from outside. */
  readonly address: string;
  /** Of the engine, as `docker version` says it. */
  readonly engineVersion: string;
  /** `v1.32.0` */
  readonly kubernetesVersion: string;
  /** Of the API server's authority, as PEM; pods find it in every namespace. */
  readonly rootCertificate: string;
  /** Private, absolute and short, for there are Unix sockets in it; it exists. */
  readonly folder: string;
}

/**
 * All of the cluster that is no API server, no engine and no network: node, scheduler, controllers, Services. Nothing is
 * left of it when it is disposed.
 */
export class ClusterNode implements AsyncDisposable {
  readonly streams: KubeletStreams;
  /** Ports of the node that are to be reached from outside. */
  readonly nodePorts: NodePorts;
  readonly #opened: AsyncDisposableStack;

  /** @throws Error where an address of the cluster cannot be listened at */
  static async open({ store, engine, network, folder, ...facts }: ClusterNodeOptions): Promise<ClusterNode> {
    await using opened = new AsyncDisposableStack();
    const pods = path.join(folder, 'kubelet');
    await mkdir(pods, { recursive: true });
    const { host, port } = network.placeToListen(DNS.address, DNS.port);
    const dns = opened.use(await DnsServer.open({ store, domain: DNS.domain, address: host, port }));
    opened.use(network.publish(DNS.address, DNS.port, dns.port));
    const proxies = opened.use(new ServiceProxies(store, network));
    const kubelet = opened.use(
      new Kubelet({
        store,
        engine,
        network,
        dns: DNS,
        nodeName: facts.name,
        hostAddress: facts.address,
        allocatable: nodeCapacity(folder),
        folder: pods,
      }),
    );
    const dial = async (podUid: string, port: number) => {
      const sandbox = kubelet.sandboxOf(podUid);
      if (sandbox === undefined) throw new Error(`the pod has no network`);
      return await network.dial(sandbox, port);
    };
    const hasNetwork = (podUid: string) => kubelet.sandboxOf(podUid) !== undefined;
    const streams = opened.use(new KubeletStreams({ engine, hasNetwork, dial }));
    opened.use(startControllers(store, facts.rootCertificate));
    opened.use(new Scheduler(store, facts.name));
    registerNode(store, { ...facts, folder });
    return new ClusterNode(streams, proxies.nodePorts, opened.move());
  }

  private constructor(streams: KubeletStreams, nodePorts: NodePorts, opened: AsyncDisposableStack) {
    this.streams = streams;
    this.nodePorts = nodePorts;
    this.#opened = opened;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened.disposeAsync();
  }
}
