import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import net from 'node:net';
import tls from 'node:tls';
import { expect, test } from 'vitest';
import { readKubeconfig } from '../rig/kubeconfig.ts';
import { openRig } from '../rig/open-rig.ts';

/** A stand-in for somebody's cluster that counts who comes. */
class ForeignCluster implements AsyncDisposable {
  connections = 0;
  readonly #server = net.createServer((socket) => {
    this.connections++;
    socket.on('error', () => {});
    socket.destroy();
  });

  static async listen(): Promise<ForeignCluster> {
    const cluster = new ForeignCluster();
    cluster.#server.listen(0, '127.0.0.1');
    await once(cluster.#server, 'listening');
    return cluster;
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as net.AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** The real kubeconfig, but its context is called `name` and leads to `server`, which somebody else's CA vouches for. */
async function kubeconfigFor(name: string, server: string): Promise<string> {
  const config = readKubeconfig();
  const [foreignCa = ''] = tls.rootCertificates;
  config.clusters[0].cluster = {
    server,
    'certificate-authority-data': Buffer.from(foreignCa).toString('base64'),
  };
  config.contexts[0].name = name;
  config['current-context'] = name;
  return JSON.stringify(config);
}

// the same name as minikube's own context: what a context is called proves nothing
for (const name of ['work', 'minikube']) {
  test(`a context "${name}" that leads to no local cluster is refused, and nothing there is touched`, async () => {
    await using foreign = await ForeignCluster.listen();
    await using rig = await openRig('hello-service');
    rig.env['KUBECONFIG'] = rig.file('../kubeconfig');
    await writeFile(rig.file('../kubeconfig'), await kubeconfigFor(name, foreign.url));
    const { output, code } = await rig.devloop(['up', '-d', '--timeout', '20'], { expect: null });
    expect(code).not.toBe(0);
    expect(output).toContain(name);
    expect(output).toMatch(/not .*local/i);
    expect(output).toMatch(/context: /); // the remedy: the edit that allows it
    expect(foreign.connections).toBe(0);
    expect(await rig.names('deployments', 'services', 'pods')).toEqual([]);
  });
}

test('a context that the config names is gone to', async () => {
  await using foreign = await ForeignCluster.listen();
  await using rig = await openRig('hello-service');
  rig.env['KUBECONFIG'] = rig.file('../kubeconfig');
  await writeFile(rig.file('../kubeconfig'), await kubeconfigFor('work', foreign.url));
  await rig.write('devloop.yaml', `services:\n  hello:\ncluster: { context: work, namespace: ${rig.namespace} }\n`);
  const { output, code } = await rig.devloop(['up', '-d', '--timeout', '10'], { expect: null });
  expect(code).not.toBe(0); // nobody speaks Kubernetes there
  expect(output).not.toMatch(/not .*local/i);
  expect(foreign.connections).toBeGreaterThan(0);
});
