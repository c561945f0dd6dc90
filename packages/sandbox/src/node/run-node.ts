import path from 'node:path';
import process from 'node:process';
import { ApiServer } from '../api-server/api-server.ts';
import { KUBERNETES_VERSION } from '../api-server/kubernetes-version.ts';
import { ClusterNode, DNS } from '../cluster-node.ts';
import { Engine } from '../engine/engine.ts';
import { VERSION } from '../engine/system-routes.ts';
import { ENGINE_SOCKET, type NodeConfig } from '../host/node-messages.ts';
import { BridgeNetwork } from '../network/bridge-network.ts';
import { LoopbackNetwork } from '../network/loopback-network.ts';
import type { NodeNetwork } from '../network/node-network.ts';
import { GATEWAY } from '../network/pod-addresses.ts';
import type { Isolation } from '../runtime/isolation.ts';
import { Namespaces } from '../runtime/namespaces.ts';
import { NodePermissions } from '../runtime/permissions/node-permissions.ts';
import { EngineDoor } from './engine-door.ts';
import { Faults } from './faults.ts';
import { type CarryOut, serveHost, tell } from './host-channel.ts';
import { LateStreams } from './late-streams.ts';
import { OutsidePorts } from './outside-ports.ts';

/** All that the node is, until its host has gone or the signal comes. */
export async function runNode(
  { folder, name, address, certificates, isolation: kind }: NodeConfig,
  signal: AbortSignal,
): Promise<void> {
  await using opened = new AsyncDisposableStack();
  const [network, isolation] = await openIsolation(kind, folder, opened);
  const engine = opened.use(await Engine.open({ folder: path.join(folder, 'engine'), isolation, signal }));
  const door = opened.use(new EngineDoor(engine, path.join(folder, ENGINE_SOCKET)));
  await door.open();
  const streams = new LateStreams();
  const api = opened.use(new ApiServer({ certificates, streams, place: network.place }));
  const node = opened.use(
    await ClusterNode.open({
      store: api.store,
      engine,
      network,
      name,
      address,
      engineVersion: VERSION,
      kubernetesVersion: KUBERNETES_VERSION,
      rootCertificate: certificates.ca,
      folder,
    }),
  );
  streams.are(node.streams);
  const ports = opened.use(new OutsidePorts(api, network.place));

  const tellPorts = () => {
    const open = node.nodePorts.list.filter(({ protocol }) => protocol === 'TCP').map(({ port }) => port);
    void tell({ type: 'node-ports', ports: open });
  };
  opened.use(node.nodePorts.listen(tellPorts));
  void tell({ type: 'ready' });
  tellPorts();

  const { faults: apiFaults, store } = api;
  const parts = { api: apiFaults, store, streams: node.streams, disk: engine.disk, engine: door, logs: engine };
  const faults = new Faults(parts);
  const carryOut: CarryOut = async (task, listener) => {
    switch (task.type) {
      case 'fault':
        return await faults.bringAbout(task.fault);
      case 'certificates':
        return api.renew(task.certificates);
      case 'open-port':
        if (listener === undefined) throw new Error(`nothing listens at ${task.port} any more`);
        return await ports.open(task.port, listener);
      case 'close-port':
        return await ports.close(task.port);
    }
  };
  await serveHost(carryOut, signal);
}

async function openIsolation(
  kind: NodeConfig['isolation'],
  folder: string,
  opened: AsyncDisposableStack,
): Promise<[NodeNetwork, Isolation]> {
  if (kind === 'namespaces') {
    return [opened.use(await BridgeNetwork.open(folder)), opened.use(new Namespaces(process.execPath))];
  }
  const network = opened.use(new LoopbackNetwork());
  return [network, new NodePermissions({ ports: network.ports, dns: DNS, address: GATEWAY })];
}
