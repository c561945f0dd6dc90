import type { Chunk } from './protobuf-wire.ts';

/** A meta/v1 Time or MicroTime in RFC 3339; undefined for Go's zero time, which JSON writes as null. */
export function timeText(chunks: readonly Chunk[]): string | undefined {
  const numberAt = (number: number) => {
    const value = chunks.find((chunk) => chunk.number === number)?.value;
    return typeof value === 'bigint' ? BigInt.asIntN(64, value) : 0n;
  };
  const seconds = numberAt(1);
  if (chunks.length === 0 || seconds <= 0n) return undefined;
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  const micros = Number(numberAt(2) / 1000n);
  return micros === 0 ? `${whole}Z` : `${whole}.${String(micros).padStart(6, '0')}Z`;
}
