import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { ToolShell } from '../runtime/tool-shell.ts';
import { ip } from './ip-command.ts';

/**
 * The holder waits for its link, sets it up as it is told, and holds the namespace: what the pause container does. Ports
 * below 1024 are for everybody in it, as in Docker's containers.
 */
const SCRIPT = `echo
read -r address gateway
echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start || exit 1
ip -batch - <<LINES || exit 1
link set lo up
addr add $address dev eth0
link set eth0 up
route add default via $gateway
LINES
echo
exec sleep infinity`;

export interface HolderOptions {
  /** Address with the length of its prefix. */
  readonly address: string;
  readonly linkAddress: string;
  readonly gateway: string;
  readonly bridge: string;
  /** Name of the link on the node's side; at most 15 characters. */
  readonly link: string;
}

/** A process that owns a network namespace of its own, joined to the bridge. It ends when it is disposed. */
export class PodHolder implements AsyncDisposable {
  readonly #process: ChildProcess;

  /** @param shell in the node's network. @throws Error where the namespace or its link cannot be made */
  static async open(
    shell: ToolShell,
    { address, linkAddress, gateway, bridge, link }: HolderOptions,
  ): Promise<PodHolder> {
    const child = spawn('unshare', ['--net', '--uts', '--ipc', 'sh', '-c', SCRIPT], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const holder = new PodHolder(child);
    try {
      const { stdin, stdout, stderr } = child;
      let said = '';
      stderr.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      await lineOf(stdout, () => said);
      await ip(shell, [
        `link add ${link} type veth peer name eth0 address ${linkAddress} netns ${holder.pid}`,
        `link set ${link} master ${bridge} up`,
      ]);
      await told(stdin, `${address} ${gateway}\n`);
      await lineOf(stdout, () => said);
      stdin.destroy();
      return holder;
    } catch (error) {
      await holder[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(process: ChildProcess) {
    this.#process = process;
    process.once('error', () => undefined); // told where its output ends
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { exitCode, signalCode, pid } = this.#process;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exited;
  }
}

async function lineOf(stream: Readable, said: () => string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const ended = () => reject(new Error(`the holder of a pod's network has ended: ${said().trim()}`));
  stream.once('data', () => resolve());
  stream.once('close', ended);
  try {
    await promise;
  } finally {
    stream.off('close', ended);
  }
}

async function told(stream: Writable, text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
