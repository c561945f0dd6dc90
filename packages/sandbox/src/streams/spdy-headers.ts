import { createInflate, type Inflate } from 'node:zlib';

/**
 * What both sides know before the first byte: SPDY/3, section 2.6.10.1. Words with their lengths, and a text. Its Adler-32
 * is e3c6a7c2.
 */
const WORDS = [
  'options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow',
  'authorization cache-control connection content-base content-encoding content-language content-length',
  'content-location content-md5 content-range content-type date etag expect expires from host if-match',
  'if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma',
  'proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade',
  'user-agent vary via warning www-authenticate method get status',
];
const LATER_WORDS = 'version HTTP/1.1 url public set-cookie keep-alive origin';
const TEXT = [
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505',
  '203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized',
  '403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable',
  'Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT',
  'chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,',
  'publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.',
];

/** No client of Kubernetes sends more; a block that says it holds more is refused. */
const MOST_BYTES = 65_536;

export type Headers = Readonly<Record<string, string>>;

export const DICTIONARY = Buffer.concat([
  ...[...WORDS.join(' ').split(' '), '200 OK', ...LATER_WORDS.split(' ')].flatMap((word) => [
    uint32(word.length),
    Buffer.from(word),
  ]),
  Buffer.from(TEXT.join('')),
]);

/** Writes header blocks. Those of one connection are one zlib stream, so one object writes all of them, in order. */
export class HeaderWriter {
  #isFirst = true;

  /** Stored, not compressed: there are forty bytes of it. An empty block after it lets the reader take it at once. */
  write(headers: Headers): Buffer {
    const block = headerBlock(headers);
    const start = Buffer.from(this.#isFirst ? [0x78, 0x01] : []);
    this.#isFirst = false;
    const length = Buffer.alloc(5);
    length.writeUInt16LE(block.length, 1);
    length.writeUInt16LE(~block.length & 0xffff, 3);
    return Buffer.concat([start, length, block, Buffer.of(0, 0, 0, 0xff, 0xff)]);
  }
}

/** Reads header blocks, which are one zlib stream: in order, one at a time. */
export class HeaderReader implements Disposable {
  readonly #inflate: Inflate = createInflate({ dictionary: DICTIONARY });
  #text: Buffer[] = [];

  constructor() {
    this.#inflate.on('data', (bytes: Buffer) => this.#text.push(bytes));
    this.#inflate.on('error', () => undefined); // told by the write
  }

  /** @throws Error for what is no header block */
  async read(block: Buffer): Promise<Headers> {
    await new Promise<void>((resolve, reject) => {
      this.#inflate.once('error', reject);
      this.#inflate.write(block, (error) => {
        this.#inflate.off('error', reject);
        if (error) reject(error);
        else resolve();
      });
    });
    const text = Buffer.concat(this.#text);
    this.#text = [];
    if (text.length > MOST_BYTES) throw new Error('the header block is too long');
    return parse(text);
  }

  [Symbol.dispose](): void {
    this.#inflate.destroy();
  }
}

function headerBlock(headers: Headers): Buffer {
  const entries = Object.entries(headers);
  const texts = entries.flat().flatMap((text) => [uint32(Buffer.byteLength(text)), Buffer.from(text)]);
  return Buffer.concat([uint32(entries.length), ...texts]);
}

/** @throws RangeError where it ends too early */
function parse(block: Buffer): Headers {
  let at = 4;
  const text = () => {
    const length = block.readUInt32BE(at);
    at += 4 + length;
    return block.subarray(at - length, at).toString('utf8');
  };
  const headers: Record<string, string> = {};
  for (let left = block.readUInt32BE(0); left > 0; left--) headers[text().toLowerCase()] = text();
  return headers;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
