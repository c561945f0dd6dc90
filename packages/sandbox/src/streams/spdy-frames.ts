/**
 * The part of SPDY/3.1 that Kubernetes needs: github.com/moby/spdystream. It is the one of its protocols that can end one
 * direction of a stream and keep the other.
 */

export const FIN = 1;
const VERSION = 3;
const HEADER_BYTES = 8;
const CONTROL = { synStream: 1, synReply: 2, rstStream: 3, ping: 6, goAway: 7 } as const;
/** What a DATA frame can hold: its length has 24 bits. */
const MOST_PAYLOAD = 0xff_ffff;
const STREAM_ID = 0x7fff_ffff;

export type Frame =
  | { readonly is: 'data'; readonly stream: number; readonly payload: Buffer; readonly isLast: boolean }
  | { readonly is: 'open'; readonly stream: number; readonly headers: Buffer; readonly isLast: boolean }
  | { readonly is: 'reply'; readonly stream: number; readonly headers: Buffer }
  | { readonly is: 'reset'; readonly stream: number }
  | { readonly is: 'ping'; readonly id: number }
  | { readonly is: 'go-away' }
  /** Settings, windows and what else says nothing that is needed here. */
  | { readonly is: 'other' };

/** Payload in DATA frames: for each, its header and its part. */
export function dataFrames(stream: number, payload: Buffer, isLast = false): Buffer[] {
  const buffers: Buffer[] = [];
  let from = 0;
  do {
    const part = payload.subarray(from, from + MOST_PAYLOAD);
    from += part.length;
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32BE(stream, 0);
    header.writeUInt32BE(part.length, 4);
    header[4] = isLast && from >= payload.length ? FIN : 0;
    buffers.push(header, part);
  } while (from < payload.length);
  return buffers;
}

export function pingFrame(id: number): Buffer {
  const frame = control(CONTROL.ping, 4);
  frame.writeUInt32BE(id, HEADER_BYTES);
  return frame;
}

/** @param status 5: cancelled */
export function resetFrame(stream: number, status: number): Buffer {
  const frame = control(CONTROL.rstStream, 8);
  frame.writeUInt32BE(stream, HEADER_BYTES);
  frame.writeUInt32BE(status, HEADER_BYTES + 4);
  return frame;
}

/** Opens a stream. @param headers a header block */
export function openFrame(stream: number, headers: Buffer): Buffer {
  const frame = control(CONTROL.synStream, 10 + headers.length);
  frame.writeUInt32BE(stream, HEADER_BYTES);
  headers.copy(frame, HEADER_BYTES + 10);
  return frame;
}

/** Accepts a stream. @param headers a header block */
export function replyFrame(stream: number, headers: Buffer): Buffer {
  const frame = control(CONTROL.synReply, 4 + headers.length);
  frame.writeUInt32BE(stream, HEADER_BYTES);
  headers.copy(frame, HEADER_BYTES + 4);
  return frame;
}

function control(type: number, length: number): Buffer {
  const frame = Buffer.alloc(HEADER_BYTES + length);
  frame.writeUInt16BE(0x8000 | VERSION, 0);
  frame.writeUInt16BE(type, 2);
  frame.writeUInt32BE(length, 4);
  return frame;
}

/** Frames out of bytes that come in pieces. The payload of DATA is handed on as it comes, not gathered. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);
  /** The DATA frame that is being read, and how much of it is still to come. */
  #data: { readonly stream: number; readonly isLast: boolean; left: number } | undefined;

  *read(bytes: Buffer): Generator<Frame> {
    let input = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    for (;;) {
      if (this.#data !== undefined) {
        const payload = input.subarray(0, this.#data.left);
        input = input.subarray(payload.length);
        const { stream } = this.#data;
        this.#data.left -= payload.length;
        const isDone = this.#data.left === 0;
        const isLast = isDone && this.#data.isLast;
        if (isDone) this.#data = undefined;
        if (payload.length > 0 || isLast) yield { is: 'data', stream, payload, isLast };
        if (!isDone) break;
      }
      if (input.length < HEADER_BYTES) break;
      const length = input.readUIntBE(5, 3);
      const flags = input.readUInt8(4);
      if ((input.readUInt8(0) & 0x80) === 0) {
        this.#data = { stream: input.readUInt32BE(0), isLast: (flags & FIN) !== 0, left: length };
        input = input.subarray(HEADER_BYTES);
        continue;
      }
      if (input.length < HEADER_BYTES + length) break;
      yield controlFrame(input.readUInt16BE(2), flags, input.subarray(HEADER_BYTES, HEADER_BYTES + length));
      input = input.subarray(HEADER_BYTES + length);
    }
    this.#rest = Buffer.from(input);
  }
}

/** Shorter than its type needs is told as something else: it is nobody's harm but the sender's. */
function controlFrame(type: number, flags: number, body: Buffer): Frame {
  if (body.length < 4) return { is: 'other' };
  const stream = body.readUInt32BE(0) & STREAM_ID;
  switch (type) {
    case CONTROL.synStream:
      return { is: 'open', stream, headers: Buffer.from(body.subarray(10)), isLast: (flags & FIN) !== 0 };
    case CONTROL.synReply:
      return { is: 'reply', stream, headers: Buffer.from(body.subarray(4)) };
    case CONTROL.rstStream:
      return { is: 'reset', stream };
    case CONTROL.ping:
      return { is: 'ping', id: body.readUInt32BE(0) };
    case CONTROL.goAway:
      return { is: 'go-away' };
    default:
      return { is: 'other' };
  }
}
