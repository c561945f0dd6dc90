/**
 * The node: engine, API server, controllers and kubelet in one process, which is alone in its namespaces where there are
 * any. Its first argument is the file with its `NodeConfig`. Says a line of JSON for each `NodeMessage`, does what it
 * reads of `NodeRequest`s, and ends with its standard input. Whatever runs on it ends then: because it is PID 1, or
 * because each program has an open descriptor of it.
 */
import { readFile } from 'node:fs/promises';
import { enableCompileCache } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { ApiServer, KUBERNETES_VERSION } from '../api-server/api-server.ts';
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

enableCompileCache();

const [file = ''] = process.argv.slice(2);
const over = new AbortController();
process.on('SIGTERM', () => over.abort(new Error('SIGTERM')));

try {
  await run(JSON.parse(await readFile(file, 'utf8')) as NodeConfig);
} catch (error) {
  console.error(error);
  tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
}
process.stdin.destroy();
// Everything is closed; Node by itself waits for ever for connections that were reset while they were being shut down.
process.exit();

async function run({ folder, name, address, certificates, isolation: kind }: NodeConfig): Promise<void> {
  await using opened = new AsyncDisposableStack();
  const [network, isolation] = await openIsolation(kind, folder, opened);
  const engine = opened.use(await Engine.open({ folder: path.join(folder, 'engine'), isolation, signal: over.signal }));
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
  const requests = createInterface({ input: process.stdin, signal: over.signal });
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

function tell(message: NodeMessage): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
