import { mkdir, rm } from 'node:fs/promises';
import type net from 'node:net';
import path from 'node:path';
import { type Certificates, issueCertificates } from '../api-server/certificates.ts';
import { kubeconfigYaml } from '../api-server/kubeconfig.ts';
import { KUBERNETES_VERSION } from '../api-server/kubernetes-version.ts';
import { ControlServer } from './control-server.ts';
import type { Fault } from './fault.ts';
import { addressOf, listen, listenAtFreeAddress } from './loopback-address.ts';
import { ENGINE_SOCKET, type NodeConfig } from './node-messages.ts';
import { NodePorts } from './node-ports.ts';
import { NodeProcess } from './node-process.ts';
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
  #apiPort = 0;
  /** Whether something listens at the API's port. */
  #isReachable = false;

  private constructor(options: SandboxOptions, address: string) {
    this.#files = new SandboxFiles(options.folder, process.env);
    this.#nodeFolder = path.join(options.folder, 'node');
    this.#address = address;
  }

  /** @throws Error when the node cannot start */
  static async open(options: SandboxOptions): Promise<Sandbox> {
    const listener = await listenAtFreeAddress(API_PORT);
    const sandbox = new Sandbox(options, addressOf(listener).address);
    try {
      await sandbox.#start(options, listener);
      return sandbox;
    } catch (error) {
      listener.close();
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
      await this.#disappear();
      return;
    }
    await this.#node.ask({ type: 'fault', fault });
    if (fault.is === 'no-faults' && !this.#isReachable) await this.#serve(await listen(this.#address, this.#apiPort));
  }

  async restart(): Promise<void> {
    await this.#disappear();
    const certificates = await this.#certificates();
    await this.#node.ask({ type: 'certificates', certificates });
    await this.#appear(await listen(this.#address, 0), certificates);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened.disposeAsync();
  }

  async #start({ folder, signal, isolation, onEnd }: SandboxOptions, listener: net.Server): Promise<void> {
    await mkdir(this.#nodeFolder, { recursive: true, mode: 0o700 });
    this.#opened.defer(() => rm(folder, { recursive: true, force: true }));
    const certificates = await this.#certificates();
    const config: NodeConfig = {
      folder: this.#nodeFolder,
      name: NAME,
      address: this.#address,
      certificates,
      isolation,
    };
    const ports = new NodePorts(this.#address);
    const told = { nodePorts: ports.set.bind(ports), ended: onEnd };
    this.#node = this.#opened.use(await NodeProcess.start(config, told, signal));
    await this.#appear(listener, certificates);
    const control = this.#opened.use(new ControlServer(this));
    await control.listen(path.join(folder, 'control.sock'));
  }

  /** Makes it to be found where this listens. */
  async #appear(listener: net.Server, certificates: Certificates): Promise<void> {
    this.#apiPort = addressOf(listener).port;
    await this.#serve(listener);
    const kubeconfig = kubeconfigYaml({
      server: `https://${this.#address}:${this.#apiPort}`,
      context: NAME,
      namespace: 'default',
      ca: certificates.ca,
      cert: certificates.clientCert,
      key: certificates.clientKey,
    });
    const state = {
      profile: NAME,
      address: this.#address,
      apiPort: this.#apiPort,
      engine: `unix://${path.join(this.#nodeFolder, ENGINE_SOCKET)}`,
      kubernetesVersion: KUBERNETES_VERSION,
    };
    await this.#files.write(state, kubeconfig, certificates.ca);
  }

  async #serve(listener: net.Server): Promise<void> {
    await this.#node.ask({ type: 'open-port', port: 'api' }, listener);
    this.#isReachable = true;
  }

  async #disappear(): Promise<void> {
    this.#isReachable = false;
    await this.#node.ask({ type: 'close-port', port: 'api' });
  }

  #certificates(): Promise<Certificates> {
    return issueCertificates([this.#address, '127.0.0.1', 'localhost', NAME, 'kubernetes']);
  }
}
