import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { ChannelSocket } from './channel-socket.ts';

export const FORWARD_PROTOCOLS = ['v4.channel.k8s.io'] as const;
const PORT_BYTES = 2;

/** Connects to a port of the pod. Rejects with what is told on the error channel. */
export type DialPort = (port: number) => Promise<Duplex>;

/**
 * Forwards ports over a WebSocket, two channels for each: data and errors, each begun with the port's number.
 * pkg/kubelet/cri/streaming/portforward websocket.go. Resolves when all of them, or the client, have ended.
 */
export async function forwardOverChannels(socket: WebSocket, ports: readonly number[], dial: DialPort): Promise<void> {
  const left = new AbortController();
  const targets: (Duplex | undefined)[] = [];
  const early = ports.map((): Buffer[] => []);
  const channels = new ChannelSocket(socket, (channel, payload) => {
    if (channel % 2 === 1 || channel / 2 >= ports.length) return;
    const target = targets[channel / 2];
    if (target === undefined) early[channel / 2]?.push(payload);
    else if (!target.write(payload)) {
      channels.pause();
      target.once('drain', () => channels.resume());
      target.once('close', () => channels.resume());
    }
  });
  channels.onClose(() => {
    left.abort();
    for (const target of targets) target?.destroy();
  });
  for (const [index, port] of ports.entries()) {
    const bytes = Buffer.alloc(PORT_BYTES);
    bytes.writeUInt16LE(port);
    channels.send(index * 2, bytes);
    channels.send(index * 2 + 1, bytes);
  }
  const forward = async (port: number, index: number) => {
    let target: Duplex;
    try {
      target = await dial(port);
    } catch (error) {
      channels.send(index * 2 + 1, error instanceof Error ? error.message : String(error));
      return;
    }
    if (left.signal.aborted) {
      target.destroy();
      return;
    }
    const closed = new Promise<void>((resolve) => target.once('close', () => resolve()));
    target.on('error', () => target.destroy());
    targets[index] = target;
    for (const bytes of early[index]?.splice(0) ?? []) target.write(bytes);
    target.on('data', (bytes: Buffer) => {
      target.pause();
      channels.send(index * 2, bytes, () => target.resume());
    });
    target.once('end', () => target.end());
    await closed;
  };
  await Promise.all(ports.map(forward));
  channels.close();
}
