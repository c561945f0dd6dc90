import { parseStep } from '../build/dockerfile-steps.ts';
import type { BuildListener } from '../build/image-engine.ts';
import { TextLines } from '../support/text-lines.ts';
import { decodeStatusResponse, type VertexLog } from './buildkit-trace.ts';

/** One JSON message of a build's answer: jsonmessage of moby, both builders. */
interface BuildMessage {
  stream?: string;
  status?: string;
  error?: string;
  errorDetail?: { message?: string; code?: number };
  id?: string;
  aux?: unknown;
}

/** What a build's answer said in the end. */
export interface BuildEnd {
  readonly imageId: string | undefined;
  readonly error: string | undefined;
  /** The step that failed, as the Dockerfile words it: `RUN npm ci`. */
  readonly failedStep: string | undefined;
}

/**
 * Reads a build's answer: the classic builder's `stream` lines and BuildKit's `moby.buildkit.trace` messages.
 * Vertices that BuildKit began are told as steps, their logs as lines.
 */
export async function readBuildStream(answer: AsyncIterable<Uint8Array>, listener: BuildListener): Promise<BuildEnd> {
  const messages = new TextLines();
  const output = new TextLines();
  const vertices = new Map<string, string>();
  const logs = new Map<string, { readonly lines: TextLines; readonly stream: VertexLog['stream'] }>();
  let imageId: string | undefined;
  let error: string | undefined;
  /** The classic builder works step by step: the last one is the one that fails. BuildKit names it. */
  let lastStep: string | undefined;
  let failedVertex: string | undefined;

  const line = (text: string, stream: 'stdout' | 'stderr') => {
    const step = parseStep(text);
    if (step) {
      lastStep = step.text;
      listener.step(step.step, step.steps, step.text);
    }
    listener.line(text, stream);
  };
  const trace = (encoded: string) => {
    const status = decodeStatusResponse(Buffer.from(encoded, 'base64'));
    for (const vertex of status.vertexes) {
      if (vertex.error !== '') failedVertex ??= parseStep(vertex.name)?.text;
      if (vertex.started && !vertices.has(vertex.digest)) {
        vertices.set(vertex.digest, vertex.name);
        line(vertex.cached ? `${vertex.name} (cached)` : vertex.name, 'stdout');
      }
    }
    for (const log of status.logs) {
      const key = `${log.stream} ${log.vertex}`;
      const { lines } = logs.get(key) ?? { lines: new TextLines() };
      logs.set(key, { lines, stream: log.stream });
      for (const text of lines.push(log.bytes)) listener.line(text, log.stream);
    }
  };
  const message = (text: string) => {
    if (text.trim() === '') return;
    const read = JSON.parse(text) as BuildMessage;
    if (read.stream !== undefined)
      for (const ready of output.push(Buffer.from(read.stream))) if (ready !== '') line(ready, 'stdout');
    if (read.id === 'moby.buildkit.trace' && typeof read.aux === 'string') trace(read.aux);
    else if (isImageId(read.aux)) imageId = read.aux.ID;
    if (read.status !== undefined && read.id !== 'moby.buildkit.trace') listener.line(pullLine(read), 'stdout');
    if (read.error !== undefined) error = read.errorDetail?.message ?? read.error;
  };
  for await (const chunk of answer) for (const text of messages.push(chunk)) message(text);
  for (const text of messages.end()) message(text);
  for (const text of output.end()) line(text, 'stdout');
  for (const { lines, stream } of logs.values()) for (const text of lines.end()) listener.line(text, stream);
  const isBuildKit = vertices.size > 0;
  return { imageId, error, failedStep: error === undefined ? undefined : isBuildKit ? failedVertex : lastStep };
}

function pullLine(message: BuildMessage): string {
  return message.id === undefined ? (message.status ?? '') : `${message.id}: ${message.status}`;
}

function isImageId(aux: unknown): aux is { ID: string } {
  return typeof aux === 'object' && aux !== null && 'ID' in aux && typeof aux.ID === 'string';
}
