import http from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { ClusterNode } from './cluster-node.ts';
import { BridgeNetwork } from './network/bridge-network.ts';
import { TunnelServer } from './network/tunnel-server.ts';
import { FakeContainerEngine } from './ports/container-engine.fake.ts';
import { FakeObjectStore } from './ports/object-store.fake.ts';

/**
 * A {@link ClusterNode} on fakes, as a process that is started in namespaces of its own. It is driven by HTTP over
 * `api.sock` in the folder that it is given, says a line when that is there, and ends with its input. `tunnel.sock` leads
 * into its network.
 */
const [folder = ''] = process.argv.slice(2);
const store = new FakeObjectStore();
await using engine = new FakeContainerEngine();
for (const name of ['default', 'shop']) {
  store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
}
await using network = await BridgeNetwork.open(folder);
await using node = await ClusterNode.open({
  store,
  engine,
  network,
  name: 'sandbox',
  address: '127.0.0.1',
  engineVersion: '28.0.0',
  kubernetesVersion: 'v1.32.0',
  rootCertificate: 'PEM',
  folder,
});

await using _tunnel = await TunnelServer.open(path.join(folder, 'tunnel.sock'), network.place);

const server = http.createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', 'http://sandbox');
  const [, verb, resource = '', name = ''] = url.pathname.split('/');
  const body = await text(request);
  switch (verb) {
    case 'images':
      engine.addImage(url.searchParams.get('name') ?? '', JSON.parse(body));
      break;
    case 'create':
      store.create(resource, JSON.parse(body));
      break;
    case 'delete':
      store.delete({ resource, namespace: 'shop', name });
      break;
    case 'spec':
      store.modify({ resource, namespace: 'shop', name }, (object) => ({
        ...object,
        spec: { ...object['spec'], ...JSON.parse(body) },
      }));
      break;
    case 'watch': {
      const write = () => response.write(`${JSON.stringify(store.list(resource))}\n`);
      const listening = store.listen([resource], write);
      response.once('close', () => listening[Symbol.dispose]());
      write();
      return;
    }
    case 'node-ports':
      response.end(JSON.stringify(node.nodePorts.list));
      return;
    case 'log':
      await node.streams.log(podNamed(name), url.searchParams, response);
      return;
  }
  response.end();
});
server.on('upgrade', (request, socket, head) => {
  const url = new URL(request.url ?? '/', 'http://sandbox');
  const [, , name = '', verb] = url.pathname.split('/');
  const serve = verb === 'portforward' ? node.streams.portForward : node.streams.exec;
  serve.call(node.streams, podNamed(name), url.searchParams, { request, socket, head });
});
server.listen(path.join(folder, 'api.sock'), () => process.stdout.write('\n'));
for await (const _ of process.stdin);
server.closeAllConnections();
server.close();

function podNamed(name: string) {
  const pod = store.get({ resource: 'pods', namespace: 'shop', name });
  if (pod === undefined) throw new Error(`no pod ${name}`);
  return pod;
}
