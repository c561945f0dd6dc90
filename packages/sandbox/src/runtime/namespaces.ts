import { type HostSystem, readHostSystem } from '../images/host-system.ts';
import { type ExecRequest, execIn } from './container-exec.ts';
import { ContainerProcess, type ProcessSpec } from './container-process.ts';
import { type HostTools, openHostTools } from './host-tools.ts';
import type { ContainerRoot, Isolation, RunningProgram } from './isolation.ts';
import { MountedRoot } from './mounted-root.ts';
import { type OutputPipe, openPipes } from './output-pipe.ts';
import { RootFiles } from './root-files.ts';

/** Namespaces and overlays of Linux. Its process has to be root of its own user and mount namespaces. */
export class Namespaces implements Isolation, AsyncDisposable {
  readonly system: HostSystem;
  readonly #tools: HostTools;

  /** @throws Error that names the host's program that is missing */
  constructor(nodeBinary: string) {
    this.#tools = openHostTools();
    this.system = readHostSystem(nodeBinary);
  }

  filesBelow(folder: string): RootFiles {
    return new RootFiles(folder);
  }

  mountRoot(folder: string, layers: readonly string[], upper: string): Promise<ContainerRoot> {
    return MountedRoot.mount(folder, layers, upper, this.#tools);
  }

  whyRefused(): undefined {
    return undefined;
  }

  programOf([program]: readonly string[]): string | undefined {
    return program;
  }

  openPipes(files: readonly string[]): Promise<OutputPipe[]> {
    const { shell, mkfifo } = this.#tools;
    return openPipes((args) => shell.run([[mkfifo, ...args]]), files);
  }

  start(spec: ProcessSpec): Promise<RunningProgram> {
    return ContainerProcess.start(spec, this.#tools);
  }

  exec(pid: number, request: ExecRequest): Promise<number> {
    return execIn(pid, request, this.#tools);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tools.shell[Symbol.asyncDispose]();
  }
}
