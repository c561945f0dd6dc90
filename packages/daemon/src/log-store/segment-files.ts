import { mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** One file of a service's log. Its name is all that has to be read to know whether it holds what is asked for. */
export interface SegmentFile {
  readonly number: number;
  readonly path: string;
  /** Times of its earliest and its latest line, ms since the epoch; undefined while it is written to. */
  readonly range: { readonly firstMs: number; readonly lastMs: number } | undefined;
}

const NAME = /^(\d{10})(?:\.(\d+)-(\d+))?\.log$/;

/** The segments of a service in their order; none where the folder is not there. */
export async function listSegments(folder: string): Promise<SegmentFile[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .flatMap((name): SegmentFile[] => {
      const [, number, first, last] = NAME.exec(name) ?? [];
      if (number === undefined) return [];
      const range = first === undefined ? undefined : { firstMs: Number(first), lastMs: Number(last) };
      return [{ number: Number(number), path: path.join(folder, name), range }];
    })
    .sort((a, b) => a.number - b.number);
}

/** Where a segment is written to; once it is full, its name says from when to when its lines are. */
export function segmentPath(folder: string, number: number, range?: SegmentFile['range']): string {
  const times = range === undefined ? '' : `.${Math.floor(range.firstMs)}-${Math.ceil(range.lastMs)}`;
  return path.join(folder, `${String(number).padStart(10, '0')}${times}.log`);
}

/** Size in bytes; undefined where the file is gone. */
export async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes the folder of a service's log, for its owner alone: logs tell secrets. */
export async function makeLogFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
}
