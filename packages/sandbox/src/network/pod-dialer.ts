import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Beside this module: as written, or as built. */
const RELAY = fileURLToPath(new URL(`./pod-relay${path.extname(import.meta.url)}`, import.meta.url));

interface Relay {
  readonly process: ChildProcess;
  /** Resolves when it listens. */
  readonly ready: Promise<unknown>;
}

/** Where a pod's programs listen. */
export interface PodPlace {
  readonly address: string;
  /** Process whose network namespace is the pod's. */
  readonly pid: number;
}

/**
 * Connects to ports of pods. What listens on the pod's loopback address only is reached from inside its network
 * namespace, as the kubelet does it.
 */
export class PodDialer implements AsyncDisposable {
  readonly #folder: string;
  readonly #relays = new Map<number, Relay>();

  /** @param folder for Unix sockets; private, absolute, short */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws the system's error where nothing listens */
  async dial({ address, pid }: PodPlace, port: number): Promise<net.Socket> {
    try {
      return await connected(net.connect({ host: address, port, allowHalfOpen: true }));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw error;
      if (!(await listensOnLoopback(pid, port))) throw error;
    }
    const socket = await connected(net.connect({ path: await this.#relay(pid), allowHalfOpen: true }));
    socket.write(`127.0.0.1 ${port}\n`);
    return socket;
  }

  /** Ends the way into a pod that has gone. */
  async forget(pid: number): Promise<void> {
    const relay = this.#relays.get(pid);
    this.#relays.delete(pid);
    if (relay === undefined || relay.process.exitCode !== null || relay.process.signalCode !== null) return;
    const exited = once(relay.process, 'exit');
    relay.process.kill('SIGKILL');
    await exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#relays.keys()].map((pid) => this.forget(pid)));
  }

  async #relay(pid: number): Promise<string> {
    const socket = path.join(this.#folder, `relay-${pid}.sock`);
    let relay = this.#relays.get(pid);
    if (relay === undefined) {
      const child = spawn('nsenter', [`--net=/proc/${pid}/ns/net`, process.execPath, RELAY, socket], {
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      child.once('error', () => undefined);
      const ready = Promise.race([
        once(child.stdout, 'data'),
        once(child, 'exit').then(() => Promise.reject(new Error('the relay into the pod has ended'))),
      ]);
      relay = { process: child, ready };
      this.#relays.set(pid, relay);
    }
    try {
      await relay.ready;
    } catch (error) {
      this.#relays.delete(pid);
      throw error;
    }
    return socket;
  }
}

/** Connects to a port of the node itself, where pods that ask for its network listen. */
export function dialNode(port: number): Promise<net.Socket> {
  return connected(net.connect({ host: '127.0.0.1', port, allowHalfOpen: true }));
}

async function connected(socket: net.Socket): Promise<net.Socket> {
  await once(socket, 'connect');
  return socket;
}

/** Whether something of the namespace listens there, by the kernel's own table: sockets in state 0A. */
async function listensOnLoopback(pid: number, port: number): Promise<boolean> {
  const table = await readFile(`/proc/${pid}/net/tcp`, 'utf8').catch(() => '');
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table.split('\n').some((line) => {
    const [, address, , state] = line.trim().split(/\s+/);
    return address === local && state === '0A';
  });
}
