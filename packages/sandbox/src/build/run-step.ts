import path from 'node:path';
import type { StoredImage } from '../images/stored-image.ts';
import { whyNotExecutable } from '../runtime/executables.ts';
import type { Isolation } from '../runtime/isolation.ts';
import type { OutputPipe } from '../runtime/output-pipe.ts';
import { lookUpUser } from '../runtime/users.ts';

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const SIGKILL = 9;

export interface RunRequest {
  readonly image: StoredImage;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** New, for the mount. */
  readonly folder: string;
  /** Where the step's changes go. */
  readonly upper: string;
  readonly output: (bytes: Buffer, stream: 'stdout' | 'stderr') => void;
  readonly signal: AbortSignal;
}

/**
 * Runs a command on an image's files, without a network. An abort kills it.
 *
 * @returns its exit code
 * @throws Error where it cannot be started
 */
export async function runStep(request: RunRequest, isolation: Isolation): Promise<number> {
  const { image, folder, signal } = request;
  const layers = image.layers.map((layer) => layer.folder);
  await using root = await isolation.mountRoot(path.join(folder, 'mount'), layers, request.upper);
  await root.furnish(isolation.system.lent(image.base), []);
  const workdir = root.files.makeFolder(image.config.workdir || '/');
  const user = lookUpUser(image.config.user, root.files);
  const env = { PATH: DEFAULT_PATH, HOME: user.home, ...request.env };
  const refused = isolation.whyRefused(request.command, env);
  if (refused !== undefined) throw new Error(`${refused}; COPY what this step makes`);
  const why = whyNotExecutable(isolation.programOf(request.command) ?? '', workdir, env.PATH, root.files);
  if (why !== undefined) {
    const reason = `runc run failed: unable to start container process: error during container init: ${why.reason}\n`;
    request.output(Buffer.from(reason), 'stderr');
    return why.exitCode;
  }
  const [stdout, stderr] = await isolation.openPipes([path.join(folder, 'stdout'), path.join(folder, 'stderr')]);
  if (stdout === undefined || stderr === undefined) throw new Error('two pipes were asked for');
  using _out = stdout;
  using _err = stderr;
  const told = Promise.all([tell(stdout, 'stdout', request.output), tell(stderr, 'stderr', request.output)]);
  told.catch(() => undefined); // awaited below, unless the start fails
  signal.throwIfAborted();
  const process = await isolation.start({
    command: request.command,
    env,
    workdir,
    folder,
    root: root.path,
    uid: user.uid,
    gid: user.gid,
    hostname: 'buildkitsandbox',
    readOnlyRoot: false,
    network: 'none',
    stdout: stdout.writer,
    stderr: stderr.writer,
    address: undefined,
    namespace: undefined,
  });
  stdout.closeWriter();
  stderr.closeWriter();
  const kill = () => process.kill(SIGKILL);
  signal.addEventListener('abort', kill, { once: true });
  if (signal.aborted) kill();
  try {
    const exitCode = await process.exited;
    await told;
    signal.throwIfAborted();
    return exitCode;
  } finally {
    signal.removeEventListener('abort', kill);
  }
}

async function tell(pipe: OutputPipe, stream: 'stdout' | 'stderr', output: RunRequest['output']): Promise<void> {
  for await (const chunk of pipe.reader as AsyncIterable<Buffer>) output(chunk, stream);
}
