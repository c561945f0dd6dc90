import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { findOptionalTool, type HostTools, TOOL_ENVIRONMENT } from './host-tools.ts';
import { inheritedVariables, initScript, type Program } from './init-script.ts';
import type { RunningProgram } from './isolation.ts';
import { fstab, type MountEntry, PLAINLY } from './mounts.ts';
import { shellQuote } from './shell-quote.ts';

/** What root of a user namespace that maps to the machine's root could write to, as Docker protects it. */
const READ_ONLY_PROC = ['acpi', 'bus', 'fs', 'irq', 'mtrr', 'sys', 'sysrq-trigger'];
const MASKED_PROC = ['kcore', 'keys', 'kmsg', 'latency_stats', 'timer_list', 'timer_stats', 'sched_debug', 'scsi'];

/** Exit code after SIGKILL. */
const KILLED = 128 + constants.signals.SIGKILL;

export interface ProcessSpec extends Program {
  /** The mounted root, on the node. */
  readonly root: string;
  /** The container's folder, for what it takes to start. */
  readonly folder: string;
  readonly uid: number;
  readonly gid: number;
  readonly hostname: string;
  readonly readOnlyRoot: boolean;
  /** A process whose network namespace is joined, an empty one of its own, or the node's. */
  readonly network: { readonly of: number } | 'none' | 'node';
  /** Of the pod, in the cluster, for programs that have no network namespace; undefined outside of pods. */
  readonly address: string | undefined;
  /** The pod's Kubernetes namespace; undefined outside of pods. */
  readonly namespace: string | undefined;
  /** Open descriptors. */
  readonly stdout: number;
  readonly stderr: number;
}

/**
 * A program that runs in namespaces of its own (mount, process, UTS, IPC, user) as process 1, in the root it was
 * given. The user namespace is a nested one that maps the program's user to the node's: it has no rights over the
 * mounts, so read-only ones stay that, and none over what the node owns.
 */
export class ContainerProcess implements RunningProgram {
  readonly pid: number;
  readonly exited: Promise<number>;

  private constructor(pid: number, exited: Promise<number>) {
    this.pid = pid;
    this.exited = exited;
  }

  /**
   * Resolves when the program itself is what runs.
   *
   * @throws Error with the complaint of the step that failed
   */
  static async start(spec: ProcessSpec, tools: HostTools): Promise<ContainerProcess> {
    const script = path.join(spec.folder, 'init.sh');
    const table = path.join(spec.folder, 'proc.fstab');
    await Promise.all([writeFile(script, initScript(spec)), writeFile(table, fstab(ownMounts(spec.root)))]);
    const setUp = [
      'exec 2>&3',
      ...hostnameStep(spec.hostname),
      ...(spec.readOnlyRoot
        ? [`${shellQuote(tools.mount)} -o remount,bind,ro ${shellQuote(spec.root)} || exit 1`]
        : []),
      `${shellQuote(tools.mount)} ${PLAINLY.join(' ')} --all --fstab ${shellQuote(table)} || exit 1`,
      `exec ${shellQuote(tools.unshare)} --user --map-user=${spec.uid} --map-group=${spec.gid} ${shellQuote(tools.sh)} ${shellQuote(script)}`,
    ].join('\n');
    const unshare = [
      tools.unshare,
      ...['--mount', '--pid', '--uts', '--ipc', '--propagation', 'private', '--fork', '--kill-child'],
      ...(spec.network === 'none' ? ['--net'] : []),
      ...[tools.sh, '-c', setUp],
    ];
    const join = typeof spec.network === 'object' ? [tools.nsenter, `--net=/proc/${spec.network.of}/ns/net`] : [];
    const [file = '', ...args] = [...join, ...unshare];
    const child = spawn(file, args, {
      cwd: '/',
      env: { ...inheritedVariables(spec.env), ...TOOL_ENVIRONMENT },
      stdio: ['ignore', spec.stdout, 'pipe', 'pipe', 'pipe', spec.stderr],
    });
    let complaint = '';
    const complaints = child.stderr as Readable;
    complaints.setEncoding('utf8').on('data', (text: string) => {
      complaint += text;
    });
    const exited = new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      // unshare ends by the signal that ended the program, but some releases complain and fail where that was SIGKILL
      const killed = () => complaint.includes('sigprocmask unblock failed');
      child.once('close', (code, signal) => resolve(killed() ? KILLED : exitCode(code, signal)));
    });
    exited.catch(() => undefined); // told by the reading of the pid below
    const tells = child.stdio[3] as Readable;
    const go = child.stdio[4] as unknown as Writable;
    go.on('error', () => undefined); // it has ended before it was told to go on; what it said is thrown
    const said = new Complaints(tells);
    try {
      const pid = Number(await said.firstLine());
      if (!Number.isInteger(pid) || pid <= 0) throw new Error(await said.rest());
      await enterRoot(pid, spec.root, tools);
      go.end('go\n');
      if (!(await said.isRun())) throw new Error(await said.rest());
      return new ContainerProcess(pid, exited);
    } catch (error) {
      child.kill('SIGKILL');
      await exited.catch(() => undefined);
      throw error;
    }
  }

  kill(signal: number): void {
    try {
      process.kill(this.pid, signal);
    } catch {
      // it has exited in this very moment
    }
  }
}

/** Exit code as Docker tells it. */
export function exitCode(code: number | null, signal: NodeJS.Signals | null): number {
  return signal === null ? (code ?? 0) : 128 + constants.signals[signal];
}

/** Makes the container's root that of all processes in its mount namespace, and takes the host's away from there. */
async function enterRoot(pid: number, root: string, tools: HostTools): Promise<void> {
  const namespace = `/proc/${pid}/ns/mnt`;
  // From outside: inside, the host's umount could not be found or, worse, would be the image's.
  const detach = ['--namespace', namespace, ...PLAINLY, '--lazy', '/'];
  await tools.shell.run([
    [tools.nsenter, `--mount=${namespace}`, `--wdns=${root}`, tools.pivot_root, '.', '.'],
    [tools.umount, ...detach],
  ]);
}

function ownMounts(root: string): MountEntry[] {
  const proc = path.join(root, 'proc');
  const there = (name: string) => existsSync(path.join('/proc', name));
  const bind = (source: string, name: string, options: string) => ({
    source,
    target: path.join(proc, name),
    type: 'none',
    options,
  });
  return [
    { source: 'proc', target: proc, type: 'proc', options: 'nosuid,nodev,noexec' },
    ...READ_ONLY_PROC.filter(there).map((name) => bind(path.join(proc, name), name, 'bind,ro')),
    ...MASKED_PROC.filter(there).map((name) => bind('/dev/null', name, 'bind')),
  ];
}

/** A node without the program `hostname` keeps its own name for its containers. */
function hostnameStep(name: string): string[] {
  const tool = findOptionalTool('hostname');
  return tool === undefined || name === '' ? [] : [`${shellQuote(tool)} ${shellQuote(name)} || exit 1`];
}

/** What the set-up says on its descriptor: a line, then everything else. */
class Complaints {
  #text = '';
  #ended = false;
  #changed = Promise.withResolvers<void>();

  constructor(stream: Readable) {
    const change = () => {
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
    };
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      this.#text += text;
      change();
    });
    stream.once('close', () => {
      this.#ended = true;
      change();
    });
    stream.on('error', () => undefined); // 'close' follows
  }

  /** Taken off what {@link rest} tells, if it is a process id. */
  async firstLine(): Promise<string> {
    while (!this.#ended && !this.#text.includes('\n')) await this.#changed.promise;
    const [line = ''] = this.#text.split('\n');
    if (/^\d+$/.test(line)) this.#text = this.#text.slice(line.length + 1);
    return line;
  }

  /** Whether the program is what comes next. The descriptor stays open in unshare, which waits for the program. */
  async isRun(): Promise<boolean> {
    while (!this.#ended && !this.#text.endsWith('run\n')) await this.#changed.promise;
    return this.#text.endsWith('run\n');
  }

  async rest(): Promise<string> {
    while (!this.#ended) await this.#changed.promise;
    return this.#text.trim();
  }
}
