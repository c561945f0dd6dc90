import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type ContainerEngine, EngineError } from '../ports/container-engine.ts';
import type { KubeObject } from '../ports/kube-object.ts';
import { type LogLine, LogLines } from './log-lines.ts';
import { type LogOptions, logOptions } from './log-options.ts';
import { chosenContainer, logContainerId } from './pod-containers.ts';
import { refuse, StreamRefusal } from './status-response.ts';

/** Answers `GET pods/NAME/log`. Resolves when the answer has ended, by whomever. */
export async function podLog(
  pod: KubeObject,
  query: URLSearchParams,
  response: ServerResponse,
  engine: ContainerEngine,
  nodeEnds: AbortSignal,
): Promise<void> {
  const left = new AbortController();
  response.once('close', () => left.abort());
  const signal = AbortSignal.any([left.signal, nodeEnds]);
  try {
    const options = logOptions(query, Date.now());
    const container = chosenContainer(pod, options.container);
    // A pod without a node has no kubelet to ask: its log is empty.
    const id = pod['spec'].nodeName ? logContainerId(pod, container, options.previous) : undefined;
    response.writeHead(200, { 'Content-Type': 'text/plain' });
    response.flushHeaders();
    if (id !== undefined) await writeLog(id, options, response, engine, signal);
    response.end();
  } catch (error) {
    if (!(error instanceof StreamRefusal)) throw error;
    refuse(response, error);
  }
}

async function writeLog(
  id: string,
  options: LogOptions,
  response: ServerResponse,
  engine: ContainerEngine,
  signal: AbortSignal,
): Promise<void> {
  let left = options.limitBytes ?? Number.POSITIVE_INFINITY;
  try {
    for await (const line of selectedLines(id, options, engine, signal)) {
      const bytes = options.timestamps ? Buffer.concat([Buffer.from(`${line.time} `), line.bytes]) : line.bytes;
      const part = bytes.length <= left ? bytes : bytes.subarray(0, left);
      left -= part.length;
      if (!response.write(part)) await drained(response, signal);
      if (left === 0 || signal.aborted) return;
    }
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    response.write(`unable to retrieve container logs for docker://${id}`);
  }
}

/** The lines that are asked for: the last ones of what is there, those since, and what comes. */
async function* selectedLines(
  id: string,
  { follow, tailLines, since }: LogOptions,
  engine: ContainerEngine,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const isWanted = ({ time }: LogLine) => since === undefined || time >= since;
  let skip = tailLines === undefined ? 0 : Math.max(0, (await lineCount(id, engine, signal, isWanted)) - tailLines);
  if (tailLines === 0 && !follow) return;
  for await (const line of lines(id, follow, engine, signal)) {
    if (!isWanted(line)) continue;
    if (skip > 0) skip--;
    else yield line;
  }
}

async function lineCount(
  id: string,
  engine: ContainerEngine,
  signal: AbortSignal,
  isWanted: (line: LogLine) => boolean,
): Promise<number> {
  let count = 0;
  for await (const line of lines(id, false, engine, signal)) if (isWanted(line)) count++;
  return count;
}

/** The lines of a container: those so far, and, to follow, those to come until it has exited. */
export async function* lines(
  id: string,
  follow: boolean,
  engine: ContainerEngine,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const gathered = new LogLines();
  for await (const record of engine.logs(id, { follow, signal })) yield* gathered.push(record);
  // What is not ended yet is told when it is, as docker's json-file does.
  if (follow || engine.container(id)?.status !== 'running') yield* gathered.end();
}

async function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  await once(response, 'drain', { signal }).catch(() => undefined);
}
