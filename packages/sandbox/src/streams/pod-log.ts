import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type ContainerEngine, EngineError, type LogsOptions } from '../ports/container-engine.ts';
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
    for await (const selected of selectedLines(id, options, engine, signal)) {
      const told = selected.flatMap(({ time, bytes }) =>
        options.timestamps ? [Buffer.from(`${time} `), bytes] : bytes,
      );
      const bytes = Buffer.concat(told);
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

/** The lines that are asked for: the last ones of what is there (the kubelet counts records), those since, and what comes. */
async function* selectedLines(
  id: string,
  { follow, tailLines, since }: LogOptions,
  engine: ContainerEngine,
  signal: AbortSignal,
): AsyncGenerator<LogLine[]> {
  if (tailLines === 0 && !follow) return;
  for await (const some of lines(id, engine, { follow, since, last: tailLines, signal })) {
    const selected = some.filter(({ time }) => since === undefined || time >= since);
    if (selected.length > 0) yield selected;
  }
}

/** The lines of a container, many at a time: those so far, and, to follow, those to come until it has exited. */
export async function* lines(id: string, engine: ContainerEngine, options: LogsOptions): AsyncGenerator<LogLine[]> {
  const gathered = new LogLines();
  for await (const records of engine.logs(id, options)) yield records.flatMap((record) => [...gathered.push(record)]);
  // What is not ended yet is told when it is, as docker's json-file does.
  if (options.follow || engine.container(id)?.status !== 'running') yield [...gathered.end()];
}

async function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  await once(response, 'drain', { signal }).catch(() => undefined);
}
