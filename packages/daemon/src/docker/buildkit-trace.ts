/**
 * Reads the protobuf messages in which BuildKit reports progress: `moby.buildkit.v1.StatusResponse` of
 * github.com/moby/buildkit/api/services/control/control.proto. Only the fields that devloop shows are read; the wire
 * format (varint and length-delimited fields) is that of protobuf.dev/programming-guides/encoding.
 */
export interface StatusResponse {
  readonly vertexes: readonly Vertex[];
  readonly logs: readonly VertexLog[];
}

export interface Vertex {
  readonly digest: string;
  readonly name: string;
  readonly cached: boolean;
  readonly started: boolean;
  readonly error: string;
}

export interface VertexLog {
  /** Digest of the vertex that it comes from. */
  readonly vertex: string;
  /** As it came: lines and characters may be cut in two between one message and the next. */
  readonly bytes: Uint8Array;
  readonly stream: 'stdout' | 'stderr';
}

/** File descriptor that BuildKit names for standard error. */
const STDERR = 2;

export function decodeStatusResponse(bytes: Uint8Array): StatusResponse {
  const vertexes: Vertex[] = [];
  const logs: VertexLog[] = [];
  for (const field of fields(bytes)) {
    if (field.bytes === undefined) continue;
    if (field.number === 1) vertexes.push(decodeVertex(field.bytes));
    if (field.number === 3) logs.push(decodeLog(field.bytes));
  }
  return { vertexes, logs };
}

function decodeVertex(bytes: Uint8Array): Vertex {
  let vertex: Vertex = { digest: '', name: '', cached: false, started: false, error: '' };
  for (const field of fields(bytes)) {
    if (field.number === 1) vertex = { ...vertex, digest: text(field.bytes) };
    if (field.number === 3) vertex = { ...vertex, name: text(field.bytes) };
    if (field.number === 4) vertex = { ...vertex, cached: field.value === 1 };
    if (field.number === 5) vertex = { ...vertex, started: true };
    if (field.number === 7) vertex = { ...vertex, error: text(field.bytes) };
  }
  return vertex;
}

function decodeLog(bytes: Uint8Array): VertexLog {
  let log: VertexLog = { vertex: '', bytes: new Uint8Array(), stream: 'stdout' };
  for (const field of fields(bytes)) {
    if (field.number === 1) log = { ...log, vertex: text(field.bytes) };
    if (field.number === 3 && field.value === STDERR) log = { ...log, stream: 'stderr' };
    if (field.number === 4 && field.bytes !== undefined) log = { ...log, bytes: field.bytes };
  }
  return log;
}

function text(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? '' : Buffer.from(bytes).toString('utf8');
}

interface Field {
  readonly number: number;
  /** Of a varint field. */
  readonly value: number;
  /** Of a length-delimited field. */
  readonly bytes: Uint8Array | undefined;
}

function* fields(bytes: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at];
      if (byte === undefined) throw new RangeError('protobuf message ends inside a varint');
      at += 1;
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const number = Math.floor(key / 8);
    switch (key % 8) {
      case 0:
        yield { number, value: varint(), bytes: undefined };
        break;
      case 1:
        at += 8;
        break;
      case 2: {
        const length = varint();
        if (at + length > bytes.length) throw new RangeError('protobuf message ends inside a field');
        yield { number, value: 0, bytes: bytes.subarray(at, at + length) };
        at += length;
        break;
      }
      case 5:
        at += 4;
        break;
      default:
        throw new RangeError(`protobuf wire type ${key % 8} is not known`);
    }
  }
}
