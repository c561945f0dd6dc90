import { cp, mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DaemonSnapshot } from '../../packages/shared/src/protocol/snapshot.ts';
import { runtimePaths } from '../../packages/shared/src/runtime-paths.ts';
import { DaemonSocket } from './daemon-socket.ts';
import { DEVLOOP, REPOSITORY, runtimeEnvironment } from './devloop-rig.ts';
import { freePort } from './free-port.ts';
import { plainRequest } from './http-answer.ts';
import { poll } from './poll.ts';
import { type FoundProcess, processesWithCommand, processesWithEnvironment } from './processes.ts';
import { ProjectFolder } from './project-folder.ts';
import { type CommandResult, runCommand } from './run-command.ts';
import { SandboxClient } from './sandbox-client.ts';

const UP_TIMEOUT_SECONDS = 150;
/** As on a hardened kernel: in a user namespace that allows no more namespaces of any kind. */
const LIMITED = [
  ...['unshare', '--user', '--map-root-user', 'sh', '-c'],
  'for limit in /proc/sys/user/max_*_namespaces; do echo 0 > "$limit" || exit 1; done; exec "$@"',
  'sh',
];

/** The shop of three services in a folder of its own, for `devloop up --sandbox` with neither docker nor kubectl. */
export class SandboxedShop extends ProjectFolder implements AsyncDisposable {
  /** Of the commands, with temporary files of their own. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #scratch: string;
  readonly #port: number;
  readonly #wrapper: readonly string[];

  private constructor(scratch: string, port: number, isLimited: boolean) {
    super(path.join(scratch, 'shop'));
    this.#scratch = scratch;
    this.#port = port;
    this.#wrapper = isLimited ? LIMITED : [];
    this.environment = {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      TMPDIR: path.join(scratch, 'tmp'),
      NODE_COMPILE_CACHE: path.join(tmpdir(), 'node-compile-cache'), // Node's own folder, not one of this shop
      XDG_RUNTIME_DIR: path.join(scratch, 'run'),
      XDG_STATE_HOME: path.join(scratch, 'state'),
    };
  }

  /** @param isLimited whether what it starts may make no namespaces */
  static async open({ isLimited = false } = {}): Promise<SandboxedShop> {
    const scratch = await realpath(await mkdtemp(path.join(tmpdir(), 'sb-')));
    const shop = new SandboxedShop(scratch, await freePort(), isLimited);
    await mkdir(path.join(scratch, 'tmp'));
    await cp(path.join(REPOSITORY, 'fixtures/shop'), shop.folder, { recursive: true });
    const web = `  web:\n    dependsOn: [catalog, prices]\n    ports: ["${shop.#port}:http"]\n`;
    await writeFile(shop.file('devloop.yaml'), `services:\n  catalog:\n  prices:\n${web}`);
    return shop;
  }

  /** @throws Error with what it said when it fails */
  async devloop(...args: string[]): Promise<CommandResult> {
    const result = await this.attempt(...args);
    if (result.code !== 0) throw new Error(`devloop ${args.join(' ')} ended with ${result.code}:\n${result.output}`);
    return result;
  }

  /** Whatever becomes of it. */
  async attempt(...args: string[]): Promise<CommandResult> {
    const [program = '', ...rest] = [...this.#wrapper, process.execPath, DEVLOOP, '-C', this.folder, ...args];
    return await runCommand(program, rest, { env: this.environment, timeoutMs: (UP_TIMEOUT_SECONDS + 20) * 1000 });
  }

  async up(): Promise<void> {
    await this.devloop('up', '-d', '--sandbox', '--timeout', String(UP_TIMEOUT_SECONDS));
  }

  /** What its daemon knows now, without the process of a command, which may be asked again and again. */
  status(): Promise<DaemonSnapshot> {
    return new DaemonSocket(runtimePaths(this.folder, runtimeEnvironment(this.environment)).socket).snapshot();
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  /** What the shop answers now, on a connection of its own: one that is kept leads to a pod that is on its way out. */
  async page(): Promise<string> {
    return (await plainRequest(this.url)).body;
  }

  /** Waits until the shop greets so. */
  async greets(greeting: string): Promise<void> {
    await poll(
      () => this.page(),
      (text) => text.startsWith(`${greeting}\n`),
      { what: `the shop says ${greeting}` },
    );
  }

  /** Speaks to the sandbox that the daemon holds. */
  async sandbox(): Promise<SandboxClient> {
    const [folder] = await this.#sandboxes();
    if (folder === undefined) throw new Error('there is no sandbox');
    return new SandboxClient(path.join(this.environment['TMPDIR'] ?? '', folder));
  }

  /** The processes of its sandbox: the node, and what runs on it where that has no namespaces. */
  sandboxProcesses(): FoundProcess[] {
    return processesWithCommand(path.join(this.environment['TMPDIR'] ?? '', 'devloop-sandbox-'));
  }

  /** What runs of it, and what it has left among the temporary files. */
  async remains(): Promise<string[]> {
    const running = [
      ...processesWithEnvironment('TMPDIR', this.environment['TMPDIR'] ?? ''),
      ...this.sandboxProcesses(),
    ];
    return [...running.map((found) => found.commandLine), ...(await this.#sandboxes())];
  }

  /** @throws Error where something of it still runs */
  async [Symbol.asyncDispose](): Promise<void> {
    await runCommand(process.execPath, [DEVLOOP, '-C', this.folder, 'stop'], { env: this.environment });
    await poll(
      () => this.remains(),
      (left) => left.length === 0,
      { what: 'nothing is left of the shop', timeoutMs: 20_000 },
    );
    await rm(this.#scratch, { recursive: true });
  }

  async #sandboxes(): Promise<string[]> {
    const files = await readdir(this.environment['TMPDIR'] ?? '');
    return files.filter((name) => name.startsWith('devloop-sandbox-'));
  }
}
