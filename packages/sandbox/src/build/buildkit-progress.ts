import { createHash } from 'node:crypto';
import { nowNano } from '../runtime/clock.ts';
import { encodeStatusResponse, type TraceVertex } from './buildkit-trace.ts';
import type { BuildProgress, BuildStep, SendMessage, StepEnd } from './progress.ts';

/** Progress as BuildKit's traces, which moby sends as messages `moby.buildkit.trace`. */
export class BuildkitProgress implements BuildProgress {
  readonly #send: SendMessage;
  readonly #started = new Map<string, bigint>();

  constructor(send: SendMessage) {
    this.#send = send;
  }

  internal(name: string): void {
    const at = nowNano();
    const digest = `sha256:${createHash('sha256').update(name).digest('hex')}`;
    this.#vertex({ digest, inputs: [], name, cached: false, started: at, completed: nowNano(), error: '' });
  }

  started(step: BuildStep): void {
    this.#started.set(step.digest, nowNano());
    this.#tell(step, {});
  }

  output(step: BuildStep, bytes: Buffer, stream: 'stdout' | 'stderr'): void {
    const log = { vertex: step.digest, timestamp: nowNano(), stream: stream === 'stdout' ? 1 : 2, bytes } as const;
    this.#trace(encodeStatusResponse({ logs: [log] }));
  }

  ended(step: BuildStep, end: StepEnd): void {
    const error = end.is === 'failed' ? end.error : '';
    this.#tell(step, { cached: end.is === 'cached', completed: nowNano(), error });
  }

  built(imageId: string): void {
    this.internal('exporting to image');
    this.#send({ id: 'moby.image.id', aux: { ID: imageId } });
  }

  failed(error: string): void {
    this.#send({ errorDetail: { message: error }, error });
  }

  #tell(step: BuildStep, more: Partial<TraceVertex>): void {
    if (step.vertex === undefined) return;
    const { digest, inputs, vertex: name } = step;
    const started = this.#started.get(digest);
    this.#vertex({ digest, inputs, name, cached: false, started, completed: undefined, error: '', ...more });
  }

  #vertex(vertex: TraceVertex): void {
    this.#trace(encodeStatusResponse({ vertexes: [vertex] }));
  }

  #trace(status: Buffer): void {
    this.#send({ id: 'moby.buildkit.trace', aux: status.toString('base64') });
  }
}
