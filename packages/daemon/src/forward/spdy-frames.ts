/**
 * SPDY/3.1 as far as forwarding a port needs it, from the client's side. There is no flow control in it: Kubernetes'
 * servers (github.com/moby/spdystream) neither send nor heed windows, TCP's own is what holds a fast sender back. Answers
 * to opened streams say nothing that is needed here, so their compressed headers are never read.
 */

const HEADER_BYTES = 8;
/** First bit and version of what is not data. */
const CONTROL_V3 = 0x8003;
const [SYN_STREAM, RST_STREAM, PING, GO_AWAY] = [1, 3, 6, 7];
const FIN = 1;
/** No frame that ends or pings a stream is longer; one of another kind is skipped without being kept. */
const LONGEST_KEPT_BYTES = 64;

/** What a server tells. */
export interface FrameReceiver {
  /** Part of a stream's data: a view of the bytes that were read. */
  data(stream: number, payload: Buffer): void;
  /** The server sends no more on this stream. */
  ended(stream: number): void;
  /** The server gave up this stream. */
  reset(stream: number): void;
  /** To be sent back. */
  pinged(id: number): void;
  /** The server takes no more streams. */
  goingAway(): void;
}

/**
 * Opens a stream. The header blocks of a connection are one zlib stream, so those of its second and later streams are
 * written as its continuation. They are stored, not compressed: compression costs more than the hundred bytes.
 */
export function openFrame(stream: number, headers: Readonly<Record<string, string>>, isFirst: boolean): Buffer {
  const texts = Object.entries(headers).flat();
  const block = Buffer.concat([
    uint32(texts.length / 2),
    ...texts.flatMap((text) => [textLength(text), Buffer.from(text)]),
  ]);
  const stored = Buffer.alloc(5); // a block of that kind, its length, and the length's complement
  stored.writeUInt16LE(block.length, 1);
  stored.writeUInt16LE(0xffff - block.length, 3);
  const zlib = Buffer.concat([
    Buffer.from(isFirst ? [0x78, 0x01] : []),
    stored,
    block,
    Buffer.of(0, 0, 0, 0xff, 0xff), // an empty block: the reader is handed what came before it
  ]);
  const priorities = Buffer.alloc(6); // no stream it belongs to, the highest priority
  return Buffer.concat([control(SYN_STREAM, 4 + priorities.length + zlib.length), uint32(stream), priorities, zlib]);
}

/** Precedes `length` bytes of a stream's data. */
export function dataHeader(stream: number, length: number, isLast: boolean): Buffer {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUInt32BE(stream, 0);
  header.writeUInt32BE(length, 4);
  header[4] = isLast ? FIN : 0;
  return header;
}

/** @param id odd for those that a client begins */
export function pingFrame(id: number): Buffer {
  return Buffer.concat([control(PING, 4), uint32(id)]);
}

/** Tells frames out of bytes that come in pieces of any size. */
export class FrameReader {
  readonly #receiver: FrameReceiver;
  /** The beginning of a frame that is not all here. */
  #begun: Buffer = Buffer.alloc(0);
  #stream = 0;
  #isLast = false;
  #isData = false;
  /** Bytes of the present frame that are still to come and are not kept. */
  #left = 0;

  constructor(receiver: FrameReceiver) {
    this.#receiver = receiver;
  }

  read(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length || this.#begun.length > 0) {
      if (this.#left > 0) {
        const part = bytes.subarray(at, at + this.#left);
        at += part.length;
        this.#left -= part.length;
        if (this.#isData && part.length > 0) this.#receiver.data(this.#stream, part);
        if (this.#left > 0) return;
        this.#endOfData();
        continue;
      }
      const wanted = HEADER_BYTES + this.#keptBody();
      const part = bytes.subarray(at, at + wanted - this.#begun.length);
      at += part.length;
      this.#begun = this.#begun.length === 0 ? part : Buffer.concat([this.#begun, part]);
      if (this.#begun.length < HEADER_BYTES || this.#begun.length < HEADER_BYTES + this.#keptBody()) {
        if (at < bytes.length) continue;
        return;
      }
      const frame = this.#begun;
      this.#begun = Buffer.alloc(0);
      this.#begin(frame);
    }
  }

  /** How much after the header has to be here before the frame that begins can be told. */
  #keptBody(): number {
    if (this.#begun.length < HEADER_BYTES || isData(this.#begun)) return 0;
    const length = lengthOf(this.#begun);
    return length <= LONGEST_KEPT_BYTES ? length : 0;
  }

  #begin(frame: Buffer): void {
    const length = lengthOf(frame);
    this.#isData = isData(frame);
    if (this.#isData) {
      this.#stream = frame.readUInt32BE(0);
      this.#isLast = (frame.readUInt8(4) & FIN) !== 0;
      this.#left = length;
      if (length === 0) this.#endOfData();
    } else if (length > LONGEST_KEPT_BYTES) this.#left = length;
    else this.#control(frame.readUInt16BE(2), frame.readUInt8(4), frame.subarray(HEADER_BYTES));
  }

  #endOfData(): void {
    if (this.#isData && this.#isLast) this.#receiver.ended(this.#stream);
  }

  #control(type: number, flags: number, body: Buffer): void {
    if (type === GO_AWAY) this.#receiver.goingAway();
    if (body.length < 4) return; // shorter than any that says something
    const subject = body.readUInt32BE(0) & 0x7fff_ffff;
    if (type === PING) this.#receiver.pinged(body.readUInt32BE(0));
    else if (type === RST_STREAM) this.#receiver.reset(subject);
    else if (type !== GO_AWAY && (flags & FIN) !== 0) this.#receiver.ended(subject);
  }
}

function isData(header: Buffer): boolean {
  return (header.readUInt8(0) & 0x80) === 0;
}

function lengthOf(header: Buffer): number {
  return header.readUIntBE(5, 3);
}

function control(type: number, length: number): Buffer {
  return Buffer.concat([uint32(CONTROL_V3 * 0x1_0000 + type), uint32(length)]);
}

function textLength(text: string): Buffer {
  return uint32(Buffer.byteLength(text));
}

function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
