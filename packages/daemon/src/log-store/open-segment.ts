import { truncate } from 'node:fs/promises';
import { readBlocks } from './read-blocks.ts';
import { type SegmentFile, sizeOf } from './segment-files.ts';

/** A source from which more may come, as a writer knows it. */
export interface KnownSource {
  readonly number: number;
  lastMs: number;
  isComplete: boolean;
}

/** A segment that is written to. */
export interface Segment {
  readonly number: number;
  readonly declared: Set<number>;
  size: number;
  firstMs: number;
  lastMs: number;
}

/** What the newest segment tells of its log. */
export interface Recovered {
  readonly segment: Segment;
  readonly sources: Map<string, KnownSource>;
}

/** A segment of which nothing is written yet. */
export function newSegment(number: number): Segment {
  return {
    number,
    declared: new Set(),
    size: 0,
    firstMs: Number.POSITIVE_INFINITY,
    lastMs: Number.NEGATIVE_INFINITY,
  };
}

/** Learns what is in the newest segment, and cuts off what is not whole. */
export async function recover(file: SegmentFile): Promise<Recovered> {
  const segment = newSegment(file.number);
  const sources = new Map<string, KnownSource>();
  const byNumber = new Map<number, { key: string; known: KnownSource }>();
  const size = (await sizeOf(file.path)) ?? 0;
  for await (const { block, end } of readBlocks(file.path, 0, size)) {
    segment.size = end;
    if (block.kind === 'source') {
      const key = block.payload.toString('utf8');
      const known = { number: block.source, lastMs: block.lastMs, isComplete: false };
      byNumber.set(block.source, { key, known });
      sources.set(key, known);
      segment.declared.add(block.source);
      continue;
    }
    const of = byNumber.get(block.source);
    if (block.kind === 'complete' && of !== undefined) of.known.isComplete = true;
    if (block.kind === 'complete') continue;
    segment.firstMs = Math.min(segment.firstMs, block.firstMs);
    segment.lastMs = Math.max(segment.lastMs, block.lastMs);
    if (of === undefined) continue;
    if (block.kind === 'end') sources.delete(of.key);
    if (block.kind !== 'lines') continue;
    of.known.lastMs = block.lastMs;
    of.known.isComplete = false;
  }
  if (segment.size < size) await truncate(file.path, segment.size);
  return { segment, sources };
}
