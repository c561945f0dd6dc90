import { type Duplex, Readable, Writable } from 'node:stream';
import { ClientTerminal } from '../ports/client-terminal.ts';
import type { ContainerEngine } from '../ports/container-engine.ts';
import { type CommandRequest, readSizes, runCommand } from './run-command.ts';
import { SpdyConnection, type SpdyStream } from './spdy-connection.ts';

export const SPDY_EXEC_PROTOCOLS = ['v4.channel.k8s.io'] as const;
/** How long the client may take to open its streams, in ms: pkg/kubelet's DefaultStreamCreationTimeout. */
const CREATION_MS = 30_000;

/** Runs a command over SPDY, a stream for each of its inputs and outputs: remotecommand httpstream.go. */
export async function execOverSpdy(
  carrier: Duplex,
  request: CommandRequest,
  engine: ContainerEngine,
  nodeEnds: AbortSignal,
): Promise<void> {
  const connection = new SpdyConnection(carrier, 'server');
  const left = new AbortController();
  carrier.once('close', () => left.abort());
  const signal = AbortSignal.any([left.signal, nodeEnds]);
  const needed = ['error', ...(['stdin', 'stdout', 'stderr'] as const).filter((type) => request[type])];
  const streams = new Map<string, SpdyStream>();
  const terminal = new ClientTerminal();
  const { promise: complete, resolve } = Promise.withResolvers<void>();
  const reading = connection.run((stream) => {
    streams.set(stream.headers['streamtype'] ?? '', stream);
    if (stream.headers['streamtype'] === 'resize') follow(stream, terminal);
    else if (stream.headers['streamtype'] !== 'stdin') stream.resume(); // ends
    if (needed.every((type) => streams.has(type))) resolve();
  });
  const late = setTimeout(() => carrier.destroy(), CREATION_MS);
  await Promise.race([complete, reading]);
  clearTimeout(late);
  const error = streams.get('error');
  if (error !== undefined && !signal.aborted) {
    const [stdout, stderr] = [streams.get('stdout') ?? nowhere(), streams.get('stderr') ?? nowhere()];
    const stdin = streams.get('stdin') ?? Readable.from([]);
    const status = await runCommand(request, { stdin, stdout, stderr, terminal }, engine, signal);
    await Promise.all([ended(stdout), ended(stderr)]);
    error.write(status);
    await ended(error);
  }
  await connection.close();
  await reading;
}

/** Sizes of the client's terminal may come in pieces. */
function follow(stream: SpdyStream, terminal: ClientTerminal): void {
  let rest = '';
  stream.setEncoding('utf8').on('data', (text: string) => {
    rest = readSizes(rest + text, terminal);
  });
}

/** For output that nobody asked for. */
function nowhere(): Writable {
  return new Writable({ write: (_bytes, _encoding, done) => done() });
}

async function ended(stream: Writable): Promise<void> {
  if (stream.destroyed) return;
  await new Promise<void>((resolve) => {
    stream.once('close', () => resolve());
    stream.end(() => resolve());
  });
}
