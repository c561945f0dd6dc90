import type { HostSystem, Lent } from '../images/host-system.ts';
import type { Mount } from '../ports/container-engine.ts';
import type { ExecRequest } from './container-exec.ts';
import type { ProcessSpec } from './container-process.ts';
import type { OutputPipe } from './output-pipe.ts';
import type { RootFiles } from './root-files.ts';

/** A container's files. */
export interface ContainerRoot extends AsyncDisposable {
  /** On the node. */
  readonly path: string;
  readonly files: RootFiles;
  /** Brings in what is needed to run something there. @throws Error for what cannot be brought in */
  furnish(lent: readonly Lent[], mounts: readonly Mount[]): Promise<void>;
}

/** A container's first process. */
export interface RunningProgram {
  /** On the node. */
  readonly pid: number;
  /** Exit code, 128 and the signal's number for a killed one. Settles when all output has been read. */
  readonly exited: Promise<number>;
  /** Sends a signal; one that is gone already gets none. */
  kill(signal: number): void;
}

/** How programs of images are kept apart from the machine's files, and from each other. */
export interface Isolation {
  /** What of this machine's programs images have. */
  readonly system: HostSystem;
  /** Files below a folder of images or contexts, whatever links there are. */
  filesBelow(folder: string): RootFiles;
  /**
   * @param folder new, for what the root needs
   * @param layers the first one lowest
   * @param upper where all changes go
   */
  mountRoot(folder: string, layers: readonly string[], upper: string): Promise<ContainerRoot>;
  /** Why a command is never run here, whatever the image holds; undefined: it can be tried. */
  whyRefused(command: readonly string[], env: Readonly<Record<string, string>>): string | undefined;
  /** The program that a command comes to: another one where no shell would be needed, and none is there. */
  programOf(command: readonly string[]): string | undefined;
  /** Opens pipes for a program's output, by the names of files that are not there. */
  openPipes(files: readonly string[]): Promise<OutputPipe[]>;
  /**
   * Resolves when the program itself is what runs.
   *
   * @throws Error with the complaint of the step that failed
   */
  start(spec: ProcessSpec): Promise<RunningProgram>;
  /** Runs a command beside a container's first process. @throws EngineError where that cannot be */
  exec(pid: number, request: ExecRequest): Promise<number>;
}
