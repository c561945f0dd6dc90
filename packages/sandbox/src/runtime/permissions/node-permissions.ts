import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { HostSystem } from '../../images/host-system.ts';
import { EngineError } from '../../ports/container-engine.ts';
import { exitCode, type ProcessSpec } from '../container-process.ts';
import { findOptionalTool, runTool } from '../host-tools.ts';
import type { ContainerRoot, Isolation, RunningProgram } from '../isolation.ts';
import { type OutputPipe, openPipes } from '../output-pipe.ts';
import { RootFiles } from '../root-files.ts';
import { LOOPBACK } from './cluster-address.ts';
import { CopiedRoot } from './copied-root.ts';
import type { LoopbackPorts } from './loopback-ports.ts';
import { NamedFolder } from './named-folder.ts';
import { nodeArguments, withoutShell } from './permitted-command.ts';
import { pinLinks } from './pinned-links.ts';
import { ProgramLink } from './program-link.ts';
import type { PodPlace } from './program-preload.ts';

const FOLDER = path.dirname(fileURLToPath(import.meta.url));
const PRELOAD = path.join(FOLDER, `program-preload${path.extname(fileURLToPath(import.meta.url))}`);
const NODE: HostSystem['lent'] = (kind) =>
  kind === 'node' ? [{ source: process.execPath, target: '/usr/local/bin/node', is: 'file', readOnly: true }] : [];

export interface NodePermissionsOptions {
  /** Where programs listen, and are found. */
  readonly ports: LoopbackPorts;
  /** Of the cluster's DNS server, in the cluster. */
  readonly dns: { readonly address: string; readonly port: number; readonly domain: string };
  /** The node's address in the cluster, for programs that are in no pod. */
  readonly address: string;
}

/**
 * For machines that let nobody make namespaces: Node's permission model. Programs are Node's alone, which reads and
 * writes no file outside the image's, starts no process and loads no native code; everything else is refused.
 */
export class NodePermissions implements Isolation {
  readonly system: HostSystem = { links: [], npm: undefined, kinds: ['node'], lent: NODE };
  readonly #options: NodePermissionsOptions;
  readonly #mkfifo: string;

  /** @throws Error where the machine has no mkfifo */
  constructor(options: NodePermissionsOptions) {
    this.#options = options;
    const mkfifo = findOptionalTool('mkfifo');
    if (mkfifo === undefined) throw new Error('the program mkfifo of coreutils is not installed');
    this.#mkfifo = mkfifo;
  }

  filesBelow(folder: string): RootFiles {
    return new RootFiles(folder, NamedFolder.open);
  }

  mountRoot(_folder: string, layers: readonly string[], upper: string): Promise<ContainerRoot> {
    return CopiedRoot.copy(layers, upper);
  }

  whyRefused(command: readonly string[], env: Readonly<Record<string, string>>): string | undefined {
    const isNode = nodeArguments(command, '/') !== undefined;
    if (isNode && !('NODE_OPTIONS' in env)) return undefined;
    const what = isNode ? 'a program with NODE_OPTIONS' : JSON.stringify(command.join(' '));
    return `${what} is not run: this machine allows the sandbox no namespaces, so it runs nothing but node with a file`;
  }

  programOf(command: readonly string[]): string | undefined {
    return withoutShell(command)[0];
  }

  openPipes(files: readonly string[]): Promise<OutputPipe[]> {
    return openPipes((args) => runTool(this.#mkfifo, args), files);
  }

  async start(spec: ProcessSpec): Promise<RunningProgram> {
    const args = nodeArguments(spec.command, spec.root);
    if (args === undefined) throw new Error('the command has been refused');
    const unpinLinks = await pinLinks(spec.root);
    const permissions = [
      '--permission',
      ...[spec.root, FOLDER].map((folder) => `--allow-fs-read=${folder}`),
      `--allow-fs-write=${spec.root}`,
    ];
    const child = spawn(process.execPath, [...permissions, '--import', PRELOAD, ...args], {
      cwd: path.join(spec.root, spec.workdir),
      env: { ...spec.env, DEVLOOP_SANDBOX_POD: JSON.stringify(this.#place(spec)) },
      // by the last one the program speaks with this process, and ends with it
      stdio: ['ignore', spec.stdout, spec.stderr, 'pipe'],
    });
    new ProgramLink(child.stdio[3] as Duplex, spec.address ?? this.#options.address, this.#options.ports);
    const exited = new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(exitCode(code, signal)));
    }).finally(() => unpinLinks().catch(() => undefined)); // the program may have closed its folders to everybody
    exited.catch(() => undefined); // told by the start below
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    return { pid: child.pid as number, exited, kill: (signal) => kill(child, signal) };
  }

  async exec(): Promise<number> {
    throw new EngineError(
      400,
      'OCI runtime exec failed: this machine allows the sandbox no namespaces, so there is none to run a command in',
    );
  }

  #place({ address, namespace }: ProcessSpec): PodPlace {
    const { ports, dns, address: node } = this.#options;
    const { domain } = dns;
    return {
      address: address ?? node,
      dns: `${LOOPBACK}:${ports.find(dns.address, dns.port) ?? 0}`,
      search: [`${namespace ?? 'default'}.svc.${domain}`, `svc.${domain}`, domain],
    };
  }
}

function kill(child: ChildProcess, signal: number): void {
  try {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(child.pid, signal);
  } catch {
    // it has exited in this very moment
  }
}
