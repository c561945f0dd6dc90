import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { createInflate } from 'node:zlib';
import { WebSocketServer } from 'ws';

const [SYN_STREAM, PING] = [1, 6];
const FIN = 1;

/** An API server with a node behind it, as far as ports of pods are forwarded: over SPDY/3.1, and over WebSockets. */
export class FakeNode implements AsyncDisposable {
  /** Ports of this machine that stand for the pods' programs, by `pod:port`. */
  readonly programs = new Map<string, number>();
  /** How it answers a wish for SPDY: with it, or with a refusal. */
  spdy: 'spoken' | number = 'spoken';
  /** How it answers a wish for a WebSocket. */
  webSockets: 'spoken' | number = 'spoken';
  /** Pods that it has yet to make: it knows nothing of them. */
  readonly unmade = new Set<string>();
  /** How it answers who asks for a list: with an empty one, or with a refusal. */
  lists: 'empty' | number = 'empty';
  /** Connections that were asked for, in order: `spdy web-1`, `websocket web-1`. */
  readonly requests: string[] = [];
  /** Connections that it has made to programs, or tried to, as `web-1:80`. */
  readonly dialled: string[] = [];
  readonly #server = http.createServer();
  readonly #webSockets = new WebSocketServer({ noServer: true });
  readonly #carriers = new Set<Duplex>();

  static async listen(): Promise<FakeNode> {
    const node = new FakeNode();
    node.#server.on('request', (_request, response) => {
      if (node.lists !== 'empty') response.statusCode = node.lists;
      response.end('{"items":[]}');
    });
    node.#server.on('upgrade', (request, socket, head) => node.#upgrade(request, socket, head));
    node.#server.listen(0, '127.0.0.1');
    await once(node.#server, 'listening');
    return node;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as net.AddressInfo).port}`;
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#carriers.size;
  }

  /** Breaks all connections, as an API server does that is restarted. */
  breakAll(): void {
    for (const carrier of this.#carriers) carrier.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.breakAll();
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  #upgrade(request: http.IncomingMessage, socket: Duplex, head: Buffer): void {
    const pod = /\/pods\/([^/]+)\/portforward/.exec(request.url ?? '')?.[1] ?? '';
    const isSpdy = request.headers.upgrade === 'SPDY/3.1';
    this.requests.push(`${isSpdy ? 'spdy' : 'websocket'} ${pod}`);
    const spoken = isSpdy ? this.spdy : this.webSockets;
    const answer = this.unmade.has(pod) ? 500 : spoken;
    socket.on('error', () => undefined);
    if (answer !== 'spoken') {
      socket.end(`HTTP/1.1 ${answer} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    this.#carriers.add(socket);
    socket.once('close', () => this.#carriers.delete(socket));
    if (isSpdy) {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n');
      serveSpdy(socket, (port) => this.#dial(pod, port));
      return;
    }
    const port = Number(new URL(request.url ?? '', 'http://x').searchParams.get('ports'));
    this.#webSockets.handleUpgrade(request, socket, head, (web) => {
      for (const channel of [0, 1]) web.send(Buffer.of(channel, port & 0xff, port >> 8));
      const target = this.#dial(pod, port);
      target.on('data', (bytes: Buffer) => web.send(Buffer.concat([Buffer.of(0), bytes])));
      target.once('error', (error) => web.send(Buffer.concat([Buffer.of(1), Buffer.from(wordsFor(error, port))])));
      target.once('end', () => web.close());
      target.once('close', () => web.close());
      web.on('message', (message: Buffer) => target.write(message.subarray(1)));
      web.once('close', () => target.destroy());
    });
  }

  #dial(pod: string, port: number): net.Socket {
    this.dialled.push(`${pod}:${port}`);
    const program = this.programs.get(`${pod}:${port}`);
    return net.connect({ port: program ?? 1, host: '127.0.0.1', allowHalfOpen: true });
  }
}

interface Stream {
  readonly type: string;
  readonly request: string;
  readonly port: number;
  target?: net.Socket;
}

function serveSpdy(carrier: Duplex, dial: (port: number) => net.Socket): void {
  const inflate = createInflate();
  inflate.on('error', () => carrier.destroy());
  let headers: Buffer[] = [];
  inflate.on('data', (bytes: Buffer) => headers.push(bytes));
  const streams = new Map<number, Stream>();
  carrier.once('close', () => {
    inflate.destroy();
    for (const { target } of streams.values()) target?.destroy();
  });
  const send = (id: number, payload: Buffer, flags = 0) => {
    if (carrier.writable) carrier.write(Buffer.concat([dataHeader(id, payload.length, flags), payload]));
  };
  const join = (dataId: number, errorId: number, stream: Stream) => {
    const target = dial(stream.port);
    stream.target = target;
    let error = '';
    target.on('data', (bytes: Buffer) => {
      if (carrier.writable && !carrier.write(Buffer.concat([dataHeader(dataId, bytes.length, 0), bytes]))) {
        target.pause();
        carrier.once('drain', () => target.resume());
      }
    });
    const end = () => {
      if (error !== '') send(errorId, Buffer.from(error));
      send(errorId, Buffer.alloc(0), FIN);
      send(dataId, Buffer.alloc(0), FIN);
      target.end();
    };
    target.once('end', end);
    target.once('error', (failure) => {
      error = wordsFor(failure, stream.port);
      end();
    });
  };
  const take = async (frame: Buffer) => {
    if ((frame.readUInt8(0) & 0x80) === 0) {
      const { target } = streams.get(frame.readUInt32BE(0)) ?? {};
      if (target !== undefined && frame.length > 8) {
        const written = Promise.withResolvers<void>();
        target.write(frame.subarray(8), () => written.resolve()); // also when it cannot be
        await written.promise;
      }
      if ((frame.readUInt8(4) & FIN) !== 0) target?.end();
    } else if (frame.readUInt16BE(2) === PING) carrier.write(frame);
    else if (frame.readUInt16BE(2) === SYN_STREAM) {
      const id = frame.readUInt32BE(8);
      await new Promise<void>((resolve) => inflate.write(frame.subarray(18), () => resolve()));
      const { streamtype = '', requestid = '', port = '' } = parse(Buffer.concat(headers));
      headers = [];
      const stream: Stream = { type: streamtype, request: requestid, port: Number(port) };
      const [otherId, other] = [...streams].find(([, one]) => one.request === requestid) ?? [];
      streams.set(id, stream);
      if (other?.type === 'error' && otherId !== undefined) join(id, otherId, stream);
    }
  };
  void read(carrier, take);
}

/** Takes frames one after the other, whole, until the carrier ends. */
async function read(carrier: Duplex, take: (frame: Buffer) => Promise<void>): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const bytes of carrier) {
      rest = Buffer.concat([rest, bytes as Buffer]);
      while (rest.length >= 8 && rest.length >= 8 + rest.readUIntBE(5, 3)) {
        const length = 8 + rest.readUIntBE(5, 3);
        await take(rest.subarray(0, length));
        rest = rest.subarray(length);
      }
    }
  } catch {
    // the client has gone
  }
}

function dataHeader(id: number, length: number, flags: number): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(id, 0);
  header.writeUInt32BE(length, 4);
  header.writeUInt8(flags, 4);
  return header;
}

function parse(block: Buffer): Record<string, string> {
  const texts: string[] = [];
  for (let at = 4; at < block.length; ) {
    const length = block.readUInt32BE(at);
    texts.push(block.toString('utf8', at + 4, at + 4 + length));
    at += 4 + length;
  }
  return Object.fromEntries(texts.flatMap((text, index) => (index % 2 === 0 ? [[text, texts[index + 1] ?? '']] : [])));
}

/** As a kubelet words it that has socat connect. */
function wordsFor(error: Error, port: number): string {
  const why = 'code' in error && error.code === 'ECONNREFUSED' ? 'Connection refused' : 'Connection reset by peer';
  return `error forwarding port ${port} to pod 0123, uid : exit status 1: E connect(5, AF=2 127.0.0.1:${port}, 16): ${why}\n`;
}
