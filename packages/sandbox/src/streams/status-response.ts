import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** What is answered where a stream cannot be opened: meta/v1 Status. */
export class StreamRefusal extends Error {
  readonly code: number;
  readonly reason: string;

  constructor(code: number, reason: string, message: string) {
    super(message);
    this.code = code;
    this.reason = reason;
  }
}

/** A refusal that the kubelet itself answers: its words alone, without a Status. */
export class KubeletRefusal extends StreamRefusal {}

/** 400 `BadRequest` */
export function badRequest(message: string): StreamRefusal {
  return new StreamRefusal(400, 'BadRequest', message);
}

/** Answers a request with a refusal. */
export function refuse(response: ServerResponse, refusal: StreamRefusal): void {
  response.writeHead(refusal.code, { 'Content-Type': 'application/json' });
  response.end(statusText(refusal));
}

/** Answers an upgrade with a refusal, as plain HTTP. */
export function refuseUpgrade(socket: Duplex, refusal: StreamRefusal): void {
  const isPlain = refusal instanceof KubeletRefusal;
  const body = isPlain ? refusal.message : statusText(refusal);
  socket.on('error', () => socket.destroy());
  socket.end(
    [
      `HTTP/1.1 ${refusal.code} ${refusal.reason}`,
      `Content-Type: ${isPlain ? 'text/plain; charset=utf-8' : 'application/json'}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}

function statusText({ code, reason, message }: StreamRefusal): string {
  return JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code });
}
