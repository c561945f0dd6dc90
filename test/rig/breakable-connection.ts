import { once } from 'node:events';
import net from 'node:net';
import type { DevloopRig } from './devloop-rig.ts';
import { type Kubeconfig, readKubeconfig } from './kubeconfig.ts';
import { mustRun } from './run-command.ts';

/** A way to the API server that a test can break. */
export class BreakableConnection implements AsyncDisposable {
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();
  readonly #config: Kubeconfig;
  #broken = false;

  private constructor(target: URL, config: Kubeconfig) {
    this.#config = config;
    this.#server = net.createServer((socket) => {
      if (this.#broken) {
        socket.destroy();
        return;
      }
      const onward = net.connect(Number(target.port), target.hostname);
      for (const [side, other] of [
        [socket, onward],
        [onward, socket],
      ] as const) {
        this.#sockets.add(side);
        side.on('error', () => other.destroy());
        side.once('close', () => {
          this.#sockets.delete(side);
          other.destroy();
        });
        side.pipe(other);
      }
    });
  }

  static async open(): Promise<BreakableConnection> {
    const config = readKubeconfig();
    const connection = new BreakableConnection(new URL(config.clusters[0].cluster.server), config);
    connection.#server.listen(0, '127.0.0.1');
    await once(connection.#server, 'listening');
    return connection;
  }

  /** Has a rig's daemon reach the API server through here. Its config names the context, which is on loopback now. */
  async lead(rig: DevloopRig): Promise<void> {
    const config = structuredClone(this.#config);
    const { port } = this.#server.address() as net.AddressInfo;
    config.clusters[0].cluster.server = `https://127.0.0.1:${port}`;
    await rig.write('../kubeconfig', JSON.stringify(config));
    await rig.edit('devloop.yaml', (text) =>
      text.replace(/^cluster:\n/m, `cluster:\n  context: ${config['current-context']}\n`),
    );
    const engine = await mustRun('minikube', ['docker-env', '--shell', 'none']);
    const variables = engine.split('\n').flatMap((line) => /^(DOCKER_\w+)=(.*)$/.exec(line)?.slice(1) ?? []);
    for (let at = 0; at < variables.length; at += 2) rig.env[variables[at] ?? ''] = variables[at + 1];
    rig.env['KUBECONFIG'] = rig.file('../kubeconfig');
  }

  /** Ends every connection and takes no more. */
  break(): void {
    this.#broken = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#broken = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.break();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
