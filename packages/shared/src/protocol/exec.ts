import { ErrorReport } from '../errors/devloop-error.ts';
import { z } from '../zod.ts';

/** Columns and rows of a terminal. */
export const TerminalSize = z.object({ columns: z.number().int().positive(), rows: z.number().int().positive() });
export type TerminalSize = z.infer<typeof TerminalSize>;

/** What `POST /v1/run` asks for, in its query as JSON: a command in a Pod of its own, like those of a service. */
export const OneOffRequest = z.object({
  service: z.string(),
  command: z.array(z.string()).min(1),
  /** The terminal that the command is to have; without it, it has none. */
  terminal: TerminalSize.optional(),
});
export type OneOffRequest = z.infer<typeof OneOffRequest>;

/** What `POST /v1/exec` asks for, in its query as JSON: a command in a container of a service that runs. */
export const ExecRequest = OneOffRequest.extend({
  /** The pod, and where several of the service are called so, its namespace; without it, one that serves. */
  pod: z.string().optional(),
  namespace: z.string().optional(),
  /** Without it, the container of the service's own image. */
  container: z.string().optional(),
});
export type ExecRequest = z.infer<typeof ExecRequest>;

/** How it ended, the last that is sent. */
export const ExecOutcome = z.discriminatedUnion('is', [
  z.object({ is: z.literal('exited'), exitCode: z.number().int() }),
  z.object({ is: z.literal('failed'), report: ErrorReport }),
]);
export type ExecOutcome = z.infer<typeof ExecOutcome>;

/**
 * What request and answer consist of, one after the other: a byte that says which channel, four of the length, big-endian,
 * and the payload. An empty payload on `stdin` ends it; `size` and `outcome` are JSON.
 */
export const EXEC_CHANNELS = { stdin: 0, stdout: 1, stderr: 2, outcome: 3, size: 4 } as const;

const HEADER_BYTES = 5;
/** A length beyond this is no length. */
const MOST_PAYLOAD_BYTES = 16 * 1024 * 1024;

export interface ExecFrame {
  readonly channel: number;
  readonly payload: Uint8Array;
}

export function execFrame(channel: keyof typeof EXEC_CHANNELS, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + payload.length);
  bytes[0] = EXEC_CHANNELS[channel];
  new DataView(bytes.buffer).setUint32(1, payload.length);
  bytes.set(payload, HEADER_BYTES);
  return bytes;
}

/** Tells frames out of bytes that come in pieces of any size. */
export class ExecFrames {
  #rest: Uint8Array = new Uint8Array(0);

  /** @throws RangeError for what are no frames */
  push(chunk: Uint8Array): ExecFrame[] {
    const bytes = new Uint8Array(this.#rest.length + chunk.length);
    bytes.set(this.#rest);
    bytes.set(chunk, this.#rest.length);
    const frames: ExecFrame[] = [];
    let at = 0;
    while (bytes.length - at >= HEADER_BYTES) {
      const length = new DataView(bytes.buffer, at).getUint32(1);
      if (length > MOST_PAYLOAD_BYTES) throw new RangeError(`a frame of ${length} bytes`);
      const end = at + HEADER_BYTES + length;
      if (end > bytes.length) break;
      frames.push({ channel: bytes[at] ?? 0, payload: bytes.subarray(at + HEADER_BYTES, end) });
      at = end;
    }
    this.#rest = bytes.slice(at);
    return frames;
  }
}
