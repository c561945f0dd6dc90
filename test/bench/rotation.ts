import { createReadStream, createWriteStream, openSync, renameSync, type WriteStream } from 'node:fs';
import { access, constants, mkdtemp, realpath, rename, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DevloopRig } from '../rig/devloop-rig.ts';
import { mustRun } from '../rig/run-command.ts';
import type { SandboxClient } from '../rig/sandbox-client.ts';
import { engineEnvironment } from './engine.ts';

/** How often the copy is brought up to date. */
const COPY_EVERY_MS = 10;
const NEWLINE = 0x0a;

/** The log of a container, which is rotated at will as Docker does it: renamed, and begun anew under its name. */
export interface RotatedLog extends AsyncDisposable {
  /** Resolves with what was done, in words. */
  rotate(): Promise<string>;
}

/** On a sandbox, its engine rotates; on a cluster, the kubelet is led to a copy that is rotated. */
export async function openRotatedLog(
  rig: DevloopRig,
  pod: string,
  client: SandboxClient | undefined,
): Promise<RotatedLog> {
  const { status } = await rig.object('pods', pod);
  const container = String(status.containerStatuses[0].containerID).replace(/^.*:\/\//, '');
  if (client === undefined) return CopiedLog.open(container);
  return {
    rotate: async () => {
      await client.fault({ is: 'rotate-log', container, times: 1, maxFiles: 1 });
      return 'the engine renamed the log file and began another';
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/**
 * A log that an engine rotates whose daemon.json was not written for it: the kubelet finds the log of a container by a
 * symbolic link, which leads to a copy here. Streams that are open go on with the engine's own file; the next ones are of
 * the copy. Needs the node's files.
 */
class CopiedLog implements RotatedLog {
  readonly #source: string;
  readonly #folder: string;
  readonly #copy: string;
  readonly #ended = new AbortController();
  #out: WriteStream;
  #at = 0;
  #copying: Promise<void> = Promise.resolve();
  #turn: Promise<void> = Promise.resolve();

  private constructor(source: string, folder: string) {
    this.#source = source;
    this.#folder = folder;
    this.#copy = path.join(folder, path.basename(source));
    this.#out = createWriteStream(this.#copy, { flags: 'a' });
  }

  static async open(container: string): Promise<RotatedLog> {
    const env = { ...process.env, ...(await engineEnvironment()) };
    const format = '{{.LogPath}} {{index .Config.Labels "io.kubernetes.container.logpath"}}';
    const { 0: source = '', 1: link = '' } = (
      await mustRun('docker', ['inspect', '--format', format, container], { env })
    )
      .trim()
      .split(' ');
    const isHere = await access(path.dirname(link), constants.W_OK)
      .then(() => realpath(link))
      .then(
        (file) => file === source,
        () => false,
      );
    if (!isHere) return UNREACHABLE;
    const log = new CopiedLog(source, await mkdtemp(path.join(tmpdir(), 'devloop-rotated-')));
    await log.#bring();
    await symlink(log.#copy, `${link}.new`);
    await rename(`${link}.new`, link);
    log.#copying = log.#keepUp();
    return log;
  }

  async rotate(): Promise<string> {
    await this.#exclusively(async () => {
      await this.#bring();
      await closed(this.#out);
      // as close together as in the engine: a kubelet that looks in between finds no file, and goes on with the old one
      renameSync(this.#copy, `${this.#copy}.1`);
      const fd = openSync(this.#copy, 'a');
      this.#out = createWriteStream(this.#copy, { fd });
    });
    return 'the log file was renamed and another begun';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    await this.#copying;
    await closed(this.#out);
    await rm(this.#folder, { recursive: true });
  }

  async #keepUp(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      await this.#exclusively(() => this.#bring());
      await delay(COPY_EVERY_MS);
    }
  }

  /** Copies whole lines as far as there are. */
  async #bring(): Promise<void> {
    const size = await stat(this.#source).then(
      (file) => file.size,
      () => 0, // its container is gone
    );
    if (size <= this.#at) return;
    const chunks = await createReadStream(this.#source, { start: this.#at, end: size - 1 }).toArray();
    const bytes = Buffer.concat(chunks);
    const whole = bytes.subarray(0, bytes.lastIndexOf(NEWLINE) + 1);
    this.#at += whole.length;
    await new Promise<void>((resolve, reject) =>
      this.#out.write(whole, (error) => (error ? reject(error) : resolve())),
    );
  }

  #exclusively(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

const UNREACHABLE: RotatedLog = {
  rotate: async () => "not done: the node's log files cannot be reached from here",
  [Symbol.asyncDispose]: async () => undefined,
};

function closed(stream: WriteStream): Promise<void> {
  return new Promise((resolve) => stream.end(() => resolve()));
}
