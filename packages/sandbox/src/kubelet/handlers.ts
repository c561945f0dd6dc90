import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { PassThrough } from 'node:stream';
import type { ContainerEngine } from '../ports/container-engine.ts';
import type { Place } from '../ports/place.ts';
import { grpcHealth } from './grpc-health.ts';
import type { Container, Handler, HttpGet } from './pod-spec.ts';

/** How much of what a probe is answered is told: pkg/probe's maxRespBodyLength and maxReadLength. */
const MOST_BYTES = 10_240;

/** Where and how a container is asked. */
export interface HandlerTarget {
  readonly engine: ContainerEngine;
  readonly containerId: string;
  readonly container: Container;
  readonly address: string;
  readonly place: Place;
}

export interface Outcome {
  readonly ok: boolean;
  /** What is told of it: output, status code, error. */
  readonly output: string;
}

/** Carries out a probe's or a hook's handler once: pkg/kubelet/prober and pkg/kubelet/lifecycle. It never rejects. */
export async function runHandler(
  handler: Handler,
  target: HandlerTarget,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Outcome> {
  const deadline = AbortSignal.timeout(timeoutMs);
  const either = AbortSignal.any([signal, deadline]);
  try {
    if (handler.exec !== undefined)
      return await runCommand(handler.exec.command ?? [], target, either, deadline, timeoutMs);
    if (handler.httpGet !== undefined) return await get(handler.httpGet, target, either);
    if (handler.tcpSocket !== undefined) {
      const { port, host } = handler.tcpSocket;
      await dial(host ?? target.address, portNumber(port, target.container), target.place, either);
      return { ok: true, output: '' };
    }
    if (handler.sleep !== undefined) {
      await sleep(handler.sleep.seconds * 1000, either);
      return { ok: true, output: '' };
    }
    if (handler.grpc !== undefined) {
      const { port, service = '' } = handler.grpc;
      const asked = { address: `${target.address}:${port}`, at: target.place(target.address, port), service };
      const { isServing, output } = await grpcHealth(asked, timeoutMs, either);
      return { ok: isServing, output };
    }
    return { ok: false, output: `missing probe handler for ${target.container.name}` };
  } catch (error) {
    return { ok: false, output: error instanceof Error ? error.message : String(error) };
  }
}

async function runCommand(
  command: readonly string[],
  { engine, containerId }: HandlerTarget,
  signal: AbortSignal,
  deadline: AbortSignal,
  timeoutMs: number,
): Promise<Outcome> {
  const output = new PassThrough();
  const chunks: Buffer[] = [];
  output.on('data', (bytes: Buffer) => chunks.push(bytes));
  const exitCode = await engine.exec(containerId, {
    command,
    terminal: undefined,
    stdin: undefined,
    stdout: output,
    stderr: output,
    signal,
  });
  if (deadline.aborted) {
    return {
      ok: false,
      output: `command timed out: ${JSON.stringify(command.join(' '))} timed out after ${timeoutMs / 1000}s`,
    };
  }
  return { ok: exitCode === 0, output: Buffer.concat(chunks).subarray(0, MOST_BYTES).toString('utf8') };
}

async function get(
  request: HttpGet,
  { address, container, place }: HandlerTarget,
  signal: AbortSignal,
): Promise<Outcome> {
  const { scheme = 'HTTP', path = '/', httpHeaders = [] } = request;
  const host = request.host || address;
  const port = portNumber(request.port, container);
  const url = `${scheme.toLowerCase()}://${host}:${port}${path.startsWith('/') ? path : `/${path}`}`;
  const headers: Record<string, string> = {
    Host: `${host}:${port}`,
    'User-Agent': 'kube-probe/1.32',
    Accept: '*/*',
    Connection: 'close',
  };
  for (const { name, value } of httpHeaders) headers[name] = value;
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
  const client = scheme === 'HTTPS' ? https : http;
  const options = { ...place(host, port), headers, signal, agent: false, rejectUnauthorized: false };
  const sent = client.get(url, options, (response) => {
    const status = response.statusCode ?? 0;
    response.resume();
    response.once('error', () => undefined);
    // Redirects to the same host would be followed; to another they count as success: pkg/probe/http.
    const ok = status >= 200 && status < 400;
    resolve({ ok, output: ok ? '' : `HTTP probe failed with statuscode: ${status}` });
    response.once('end', () => sent.destroy());
  });
  sent.once('error', (error: NodeJS.ErrnoException) => {
    reject(new Error(`Get ${JSON.stringify(url)}: ${signal.aborted ? TIMED_OUT : dialError(error, host, port)}`));
  });
  return await promise;
}

const TIMED_OUT = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';

/** Connects and hangs up. Rejects with Go's words. */
async function dial(host: string, port: number, place: Place, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = net.connect({ ...place(host, port), signal });
  socket.once('connect', () => resolve());
  socket.once('error', (error) => {
    reject(new Error(signal.aborted ? `dial tcp ${host}:${port}: i/o timeout` : dialError(error, host, port)));
  });
  try {
    await promise;
  } finally {
    socket.destroy();
  }
}

/** What Go's net package says where Node has a code. */
function dialError(error: NodeJS.ErrnoException, host: string, port: number): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return `dial tcp ${host}:${port}: connect: connection refused`;
    case 'EHOSTUNREACH':
      return `dial tcp ${host}:${port}: connect: no route to host`;
    case 'ECONNRESET':
      return `read tcp ${host}:${port}: read: connection reset by peer`;
    default:
      return error.code === undefined || error.message === 'socket hang up' ? 'EOF' : error.message;
  }
}

/** A port by number or by the name that the container gives it. */
function portNumber(port: number | string, { ports = [] }: Container): number {
  const number = Number(port);
  const named = ports.find(({ name }) => name === port)?.containerPort;
  if (named !== undefined) return named;
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`strconv.Atoi: parsing ${JSON.stringify(port)}: invalid syntax`);
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener('abort', () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}
