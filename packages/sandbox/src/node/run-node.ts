import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { ApiServer } from '../api-server/api-server.ts';
import { KUBERNETES_VERSION } from '../api-server/kubernetes-version.ts';
import { ClusterNode, DNS } from '../cluster-node.ts';
import { Engine } from '../engine/engine.ts';
import { VERSION } from '../engine/system-routes.ts';
import { type NodeConfig, type NodeMessage, type NodeRequest, SOCKETS } from '../host/node-messages.ts';
import { BridgeNetwork } from '../network/bridge-network.ts';
import { LoopbackNetwork } from '../network/loopback-network.ts';
import type { NodeNetwork } from '../network/node-network.ts';
import { GATEWAY } from '../network/pod-addresses.ts';
import type { Isolation } from '../runtime/isolation.ts';
import { Namespaces } from '../runtime/namespaces.ts';
import { NodePermissions } from '../runtime/permissions/node-permissions.ts';
import { EngineDoor } from './engine-door.ts';
import { Faults } from './faults.ts';
import { LateStreams } from './late-streams.ts';

/** All that the node is, until its standard input ends or the signal comes. */
export async function runNode(
  { folder, name, address, certificates, isolation: kind }: NodeConfig,
  tell: (message: NodeMessage) => void,
  signal: AbortSignal,
): Promise<void> {
  await using opened = new AsyncDisposableStack();
  const [network, isolation] = await openIsolation(kind, folder, opened);
  const engine = opened.use(await Engine.open({ folder: path.join(folder, 'engine'), isolation, signal }));
  const door = opened.use(new EngineDoor(engine, path.join(folder, SOCKETS.engine)));
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
  await api.listen(path.join(folder, SOCKETS.api));

  const tellPorts = () => {
    const ports = node.nodePorts.list.filter(({ protocol }) => protocol === 'TCP').map(({ port }) => port);
    tell({ type: 'node-ports', ports });
  };
  opened.use(node.nodePorts.listen(tellPorts));
  tell({ type: 'ready' });
  tellPorts();

  const { faults: apiFaults, store } = api;
  const parts = { api: apiFaults, store, streams: node.streams, disk: engine.disk, engine: door, logs: engine };
  const faults = new Faults(parts);
  const requests = createInterface({ input: process.stdin, signal });
  for await (const line of requests) {
    const request = JSON.parse(line) as NodeRequest;
    try {
      if (request.type === 'certificates') api.renew(request.certificates);
      else await faults.bringAbout(request.fault);
      tell({ type: 'answer', id: request.id });
    } catch (error) {
      tell({ type: 'answer', id: request.id, error: error instanceof Error ? error.message : String(error) });
    }
  }
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
