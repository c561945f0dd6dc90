import { PassThrough } from 'node:stream';
import type { WebSocket } from 'ws';
import { ClientTerminal } from '../ports/client-terminal.ts';
import type { ContainerEngine } from '../ports/container-engine.ts';
import { ChannelSocket } from './channel-socket.ts';
import { type CommandRequest, flushed, outlet, readSizes, runCommand } from './run-command.ts';

const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;
const HELLO_MS = 20;
/** The best first: v5 lets the client end its input alone. */
export const EXEC_PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'] as const;

/** Runs a command over a WebSocket: pkg/kubelet/cri/streaming/remotecommand websocket.go. */
export async function execOverChannels(
  socket: WebSocket,
  request: CommandRequest,
  engine: ContainerEngine,
  nodeEnds: AbortSignal,
): Promise<void> {
  const left = new AbortController();
  const stdin = new PassThrough();
  const terminal = new ClientTerminal();
  const channels = new ChannelSocket(socket, (channel, payload) => {
    if (channel === CHANNEL.stdin && !stdin.write(payload)) {
      channels.pause();
      stdin.once('drain', () => channels.resume());
    } else if (channel === CHANNEL.resize) {
      readSizes(payload.toString('utf8'), terminal);
    } else if (channel === CHANNEL.close && payload[0] === CHANNEL.stdin) {
      stdin.end();
    }
  });
  channels.onClose(() => {
    left.abort();
    stdin.destroy();
  });
  const stdout = outlet((bytes, sent) => channels.send(CHANNEL.stdout, bytes, sent));
  const stderr = outlet((bytes, sent) => channels.send(CHANNEL.stderr, bytes, sent));
  // Tells the client that it is connected. client-go complains of what comes before it has made its streams.
  const hello = setTimeout(() => channels.send(request.stdout ? CHANNEL.stdout : CHANNEL.error, ''), HELLO_MS);
  const signal = AbortSignal.any([left.signal, nodeEnds]);
  const status = await runCommand(request, { stdin, stdout, stderr, terminal }, engine, signal);
  clearTimeout(hello);
  await flushed(stdout, stderr);
  channels.send(CHANNEL.error, status);
  channels.close();
}
