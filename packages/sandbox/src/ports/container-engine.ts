import type { Readable, Writable } from 'node:stream';
import type { ClientTerminal } from './client-terminal.ts';

/** An image in the engine. */
export interface Image {
  /** `sha256:` and 64 hexadecimal digits. */
  readonly id: string;
  /** `name:tag` as `docker images` shows them. */
  readonly references: readonly string[];
  readonly config: ImageConfig;
}

/** What the image says of how it runs: the OCI image-spec's config. */
export interface ImageConfig {
  readonly env: readonly string[];
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  /** Empty: `/`. */
  readonly workdir: string;
  /** Empty: root. */
  readonly user: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `8080/tcp`. */
  readonly exposedPorts: readonly string[];
  /** A signal's name, `SIGTERM` where the image names none. */
  readonly stopSignal: string;
}

export interface ContainerSpec {
  /** As cri-dockerd names them: `k8s_CONTAINER_POD_NAMESPACE_UID_ATTEMPT`. */
  readonly name: string;
  /** Reference or id of an image that is there. */
  readonly image: string;
  /** Replaces the image's entrypoint and drops its cmd; undefined: the image's. */
  readonly command: readonly string[] | undefined;
  /** Replaces the image's cmd. */
  readonly args: readonly string[] | undefined;
  /** Added to the image's, winning over them. */
  readonly env: Readonly<Record<string, string>>;
  /** Undefined: the image's. */
  readonly workdir: string | undefined;
  /** User id, or the image's. */
  readonly user: string | undefined;
  /** `io.kubernetes.pod.uid`, `io.kubernetes.container.name`, … as cri-dockerd sets them. */
  readonly labels: Readonly<Record<string, string>>;
  readonly hostname: string;
  /** Docker's HealthConfig, or the image's; undefined: nobody looks after its health, as for the kubelet's containers. */
  readonly healthcheck?: Readonly<Record<string, unknown>> | 'of the image';
  readonly mounts: readonly Mount[];
  readonly readOnlyRoot: boolean;
  /** Process whose network namespace the container joins; undefined: that of the node. */
  readonly networkOf: number | undefined;
  /** The pod's; undefined: it is in none. */
  readonly address: string | undefined;
}

export interface Mount {
  /** Absolute path on the node. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** Times are RFC 3339 with nanoseconds; empty where it has not come to that. */
export interface ContainerState {
  readonly id: string;
  readonly spec: ContainerSpec;
  readonly imageId: string;
  readonly status: 'created' | 'running' | 'exited';
  /** Process id on the node; 0 unless it runs. */
  readonly pid: number;
  /** 128 and the signal's number for one that was killed. */
  readonly exitCode: number;
  readonly startedAt: string;
  readonly finishedAt: string;
}

/** A piece of output as one `write` of the program, or one line: docker's json-file log. */
export interface LogRecord {
  /** RFC 3339 with nanoseconds; never less than the one before. */
  readonly time: string;
  readonly stream: 'stdout' | 'stderr';
  /** Ends with the newline, where the program wrote one. */
  readonly bytes: Buffer;
}

export interface LogsOptions {
  readonly follow: boolean;
  /** What is older need not be told: RFC 3339, nine digits after the second, UTC. */
  readonly since?: string | undefined;
  /** Only so many of the last records are told, and what comes. */
  readonly last?: number | undefined;
  readonly signal: AbortSignal;
}

export interface ExecSpec {
  readonly command: readonly string[];
  /** Undefined: it has none. */
  readonly terminal: ClientTerminal | undefined;
  readonly stdin: Readable | undefined;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly signal: AbortSignal;
}

/** Where the engine says no, with the status and the words of Docker's API. */
export class EngineError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * The node's engine, for the kubelet, which runs in the same process. The HTTP API is another face of the same
 * containers: what is killed there has died here, and the engine's events tell of all.
 */
export interface ContainerEngine {
  /** An image by reference or id. */
  image(reference: string): Image | undefined;
  /**
   * Makes one of the sandbox's few base images; they are all there is to pull.
   *
   * @throws EngineError in the engine's words for every other
   */
  pull(reference: string): Promise<Image>;
  /** @throws EngineError 404 without the image, 409 when the name is taken */
  create(spec: ContainerSpec): Promise<ContainerState>;
  /** @throws EngineError 400 when the command is not found or not executable (exit codes 127 and 126 are set) */
  start(id: string): Promise<void>;
  /** Sends the stop signal, and SIGKILL after the grace. Resolves when the container has exited. */
  stop(id: string, graceSeconds: number): Promise<void>;
  /** @throws EngineError 404, 409 when it does not run */
  kill(id: string, signal: string): Promise<void>;
  remove(id: string): Promise<void>;
  container(id: string): ContainerState | undefined;
  containers(): readonly ContainerState[];
  /** Told when a container has started or exited, after its state says so. */
  listen(listener: (container: ContainerState, what: 'started' | 'exited') => void): Disposable;
  /**
   * What it wrote so far, then, with `follow`, what it writes, until it has exited and all is told; many records at a
   * time. Of a log that was rotated, only what is in the newest file, which is the one that the kubelet reads.
   */
  logs(id: string, options: LogsOptions): AsyncIterable<readonly LogRecord[]>;
  /** Runs a command in a running container and resolves with its exit code. */
  exec(id: string, spec: ExecSpec): Promise<number>;
}
