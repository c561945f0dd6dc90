import { closeSync, constants, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';

/**
 * A pipe for a program's output that is really a pipe: Node's own are socket pairs, and a program that opens
 * `/dev/stdout` or `/proc/self/fd/2` anew would fail with ENXIO.
 */
export interface OutputPipe extends Disposable {
  /** For the program. */
  readonly writer: number;
  /** Ends when the last writer has closed. */
  readonly reader: Readable;
  /** To be called once the program has its end: until then the reader cannot end. */
  closeWriter(): void;
}

/**
 * Opens named pipes at these paths, in a private folder, and takes the names away again.
 *
 * @param mkfifo runs the host's program of that name with these arguments
 */
export async function openPipes(
  mkfifo: (args: readonly string[]) => Promise<void>,
  files: readonly string[],
): Promise<OutputPipe[]> {
  await mkfifo(files);
  const pipes = files.map((file): OutputPipe => {
    const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = openSync(file, constants.O_WRONLY);
    const reader = new Socket({ fd, readable: true, writable: false });
    let open = true;
    const closeWriter = () => {
      if (open) closeSync(writer);
      open = false;
    };
    return {
      writer,
      reader,
      closeWriter,
      [Symbol.dispose]: () => {
        closeWriter();
        reader.destroy();
      },
    };
  });
  await Promise.all(files.map((file) => rm(file)));
  return pipes;
}
