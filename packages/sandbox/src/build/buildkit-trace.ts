/**
 * Writes `moby.buildkit.v1.StatusResponse` of github.com/moby/buildkit/api/services/control/control.proto, in the wire
 * format of protobuf.dev/programming-guides/encoding.
 */
export interface TraceVertex {
  readonly digest: string;
  readonly inputs: readonly string[];
  readonly name: string;
  readonly cached: boolean;
  /** Nanoseconds since 1970; undefined: not yet. */
  readonly started: bigint | undefined;
  readonly completed: bigint | undefined;
  readonly error: string;
}

export interface TraceLog {
  readonly vertex: string;
  readonly timestamp: bigint;
  /** File descriptor. */
  readonly stream: 1 | 2;
  readonly bytes: Buffer;
}

export function encodeStatusResponse(status: {
  vertexes?: readonly TraceVertex[];
  logs?: readonly TraceLog[];
}): Buffer {
  return Buffer.concat([
    ...(status.vertexes ?? []).map((vertex) => bytesField(1, encodeVertex(vertex))),
    ...(status.logs ?? []).map((log) => bytesField(3, encodeLog(log))),
  ]);
}

function encodeVertex(vertex: TraceVertex): Buffer {
  return Buffer.concat([
    bytesField(1, Buffer.from(vertex.digest)),
    ...vertex.inputs.map((input) => bytesField(2, Buffer.from(input))),
    bytesField(3, Buffer.from(vertex.name)),
    ...(vertex.cached ? [varintField(4, 1n)] : []),
    ...(vertex.started === undefined ? [] : [bytesField(5, timestamp(vertex.started))]),
    ...(vertex.completed === undefined ? [] : [bytesField(6, timestamp(vertex.completed))]),
    ...(vertex.error === '' ? [] : [bytesField(7, Buffer.from(vertex.error))]),
  ]);
}

function encodeLog(log: TraceLog): Buffer {
  return Buffer.concat([
    bytesField(1, Buffer.from(log.vertex)),
    bytesField(2, timestamp(log.timestamp)),
    varintField(3, BigInt(log.stream)),
    bytesField(4, log.bytes),
  ]);
}

/** google.protobuf.Timestamp. */
function timestamp(nano: bigint): Buffer {
  return Buffer.concat([varintField(1, nano / 1_000_000_000n), varintField(2, nano % 1_000_000_000n)]);
}

function bytesField(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([varint(BigInt(number * 8 + 2)), varint(BigInt(bytes.length)), bytes]);
}

function varintField(number: number, value: bigint): Buffer {
  return Buffer.concat([varint(BigInt(number * 8)), varint(value)]);
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}
