/** Bytes that are no protobuf, or none of the message they should be. */
export class ProtobufError extends Error {}

/** One field on the wire: a number of any width, or bytes. */
export interface Chunk {
  readonly number: number;
  readonly value: bigint | Buffer;
}

/**
 * The fields of a message as they stand there.
 *
 * @throws ProtobufError
 */
export function readChunks(bytes: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at];
      if (byte === undefined) throw new ProtobufError('unexpected EOF');
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new ProtobufError('integer overflow');
  };
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new ProtobufError('unexpected EOF');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const number = tag >>> 3;
    switch (tag & 7) {
      case 0:
        chunks.push({ number, value: varint() });
        break;
      case 1:
        chunks.push({ number, value: take(8).readBigInt64LE() });
        break;
      case 2:
        chunks.push({ number, value: take(Number(varint())) });
        break;
      case 5:
        chunks.push({ number, value: BigInt(take(4).readInt32LE()) });
        break;
      default:
        throw new ProtobufError(`illegal wireType ${tag & 7}`);
    }
  }
  return chunks;
}
