import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Certificates, issueCertificates } from '../api-server/certificates.ts';
import { kubeconfigYaml } from '../api-server/kubeconfig.ts';
import { KUBERNETES_VERSION } from '../api-server/kubernetes-version.ts';
import { ControlServer } from './control-server.ts';
import type { Fault } from './fault.ts';
import { freeLoopback, freePort } from './loopback-address.ts';
import { type NodeConfig, SOCKETS } from './node-messages.ts';
import { NodePorts } from './node-ports.ts';
import { NodeProcess } from './node-process.ts';
import { Relay } from './relay.ts';
import { type SandboxEnvironment, SandboxFiles } from './sandbox-files.ts';

/** Name of the profile, the context and the node. */
const NAME = 'sandbox';
const API_PORT = 8443;

export interface SandboxOptions {
  /** Does not exist yet, or is empty; everything of the sandbox is in it, and it goes with the sandbox. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly isolation: NodeConfig['isolation'];
  /** Told when it has ended by itself, with all that ran in it. */
  readonly onEnd: (reason: Error) => void;
}

/** A cluster on this machine, in a private folder and on a loopback address of its own. */
export class Sandbox implements AsyncDisposable {
  readonly #files: SandboxFiles;
  readonly #nodeFolder: string;
  readonly #address: string;
  readonly #opened = new AsyncDisposableStack();
  #node!: NodeProcess;
  #api!: Relay;
  /** Whether something listens at the API's port. */
  #isReachable = false;

  private constructor(options: SandboxOptions, address: string) {
    this.#files = new SandboxFiles(options.folder, process.env);
    this.#nodeFolder = path.join(options.folder, 'node');
    this.#address = address;
  }

  /** @throws Error when the node cannot start */
  static async open(options: SandboxOptions): Promise<Sandbox> {
    const { address, port } = await freeLoopback(API_PORT);
    const sandbox = new Sandbox(options, address);
    try {
      await sandbox.#start(options, port);
      return sandbox;
    } catch (error) {
      await sandbox[Symbol.asyncDispose]();
      throw error;
    }
  }

  get environment(): SandboxEnvironment {
    return this.#files.environment;
  }

  /** @throws Error when the node cannot bring it about */
  async fault(fault: Fault): Promise<void> {
    if (fault.is === 'no-connections') {
      this.#isReachable = false;
      await this.#api[Symbol.asyncDispose]();
      return;
    }
    await this.#node.ask(fault);
    if (fault.is === 'no-faults' && !this.#isReachable) await this.#listen(this.#api.port);
  }

  async restart(): Promise<void> {
    await this.#api[Symbol.asyncDispose]();
    await this.#appear(await freePort(this.#address, 0));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened.disposeAsync();
  }

  async #start({ folder, signal, isolation, onEnd }: SandboxOptions, port: number): Promise<void> {
    await mkdir(this.#nodeFolder, { recursive: true, mode: 0o700 });
    this.#opened.defer(() => rm(folder, { recursive: true, force: true }));
    const ports = this.#opened.use(new NodePorts(this.#address, this.#nodeFolder));
    const certificates = await this.#certificates();
    const config: NodeConfig = {
      folder: this.#nodeFolder,
      name: NAME,
      address: this.#address,
      certificates,
      isolation,
    };
    const listener = { nodePorts: (wanted: readonly number[]) => ports.set(wanted), ended: onEnd };
    this.#node = this.#opened.use(await NodeProcess.start(config, listener, signal));
    this.#opened.defer(() => this.#api?.[Symbol.asyncDispose]());
    await this.#appear(port, certificates);
    const control = this.#opened.use(new ControlServer(this));
    await control.listen(path.join(folder, 'control.sock'));
  }

  /** Makes it to be found at this port. */
  async #appear(port: number, issued?: Certificates): Promise<void> {
    const certificates = issued ?? (await this.#certificates());
    if (issued === undefined) await this.#node.ask({ certificates });
    await this.#listen(port);
    const kubeconfig = kubeconfigYaml({
      server: `https://${this.#address}:${port}`,
      context: NAME,
      namespace: 'default',
      ca: certificates.ca,
      cert: certificates.clientCert,
      key: certificates.clientKey,
    });
    const state = {
      profile: NAME,
      address: this.#address,
      apiPort: port,
      engine: `unix://${path.join(this.#nodeFolder, SOCKETS.engine)}`,
      kubernetesVersion: KUBERNETES_VERSION,
    };
    await this.#files.write(state, kubeconfig, certificates.ca);
  }

  async #listen(port: number): Promise<void> {
    const socket = path.join(this.#nodeFolder, SOCKETS.api);
    this.#api = await Relay.listen({ address: this.#address, port, socket });
    this.#isReachable = true;
  }

  #certificates(): Promise<Certificates> {
    return issueCertificates([this.#address, '127.0.0.1', 'localhost', NAME, 'kubernetes']);
  }
}
