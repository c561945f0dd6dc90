import http, { type IncomingMessage } from 'node:http';
import net from 'node:net';
import { DevloopError, ErrorReport, fromReport } from '@devloop/shared/errors/devloop-error';

export interface SocketRequest {
  readonly method?: 'GET' | 'POST';
  /** With the query. */
  readonly path: string;
  readonly body?: unknown;
  readonly signal: AbortSignal;
}

/**
 * Sends a request over a Unix socket and answers with the response, its body still to be read.
 *
 * @throws DevloopError `daemon/unreachable` when nothing listens there, or what the daemon reports
 */
export async function requestOverSocket(socket: string, request: SocketRequest): Promise<IncomingMessage> {
  const response = await open(socket, request);
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300) return response;
  throw await refusalOf(response, request.signal);
}

/** What the daemon reports in an answer that is a refusal. */
export async function refusalOf(response: IncomingMessage, signal: AbortSignal): Promise<DevloopError> {
  return toError(await readText(response, signal), response.statusCode ?? 0);
}

/** Reads a whole body as JSON. */
export async function readJson(response: IncomingMessage, signal: AbortSignal): Promise<unknown> {
  return JSON.parse(await readText(response, signal));
}

/** The error for a connection that could not be made, or broke off. */
export function connectionError(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason; // what the abort did to the connection is only its echo
  if (error instanceof DevloopError) return error;
  const code = (error as NodeJS.ErrnoException).code;
  switch (code) {
    case 'ENOENT':
    case 'ECONNREFUSED':
      return new DevloopError('daemon/unreachable', 'No daemon runs for this project.', 'Start it: devloop up', {
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
      return new DevloopError(
        'daemon/unreachable',
        'The daemon of this project belongs to another user.',
        'Run devloop as the user who started it.',
        { cause: error },
      );
    case 'ECONNRESET':
    case 'EPIPE':
      return new DevloopError(
        'daemon/unreachable',
        'The daemon ended while it was being listened to.',
        'Start it again: devloop up. devloop doctor names its log.',
        { cause: error },
      );
    default:
      return error;
  }
}

function open(socketPath: string, { method = 'GET', path, body, signal }: SocketRequest): Promise<IncomingMessage> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    // an agent would keep the connection, and the daemon would have to wait for it when it ends; and it would ask whether
    // the socket's host is an IPv6 address, which takes a twentieth of a command's time
    const request = http.request({ createConnection: () => net.connect(socketPath), method, path, signal });
    request.once('response', resolve);
    request.once('error', (error) => reject(connectionError(error, signal)));
    if (text !== undefined) request.setHeader('content-type', 'application/json');
    request.end(text);
  });
}

async function readText(response: IncomingMessage, signal: AbortSignal): Promise<string> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString('utf8');
  } catch (error) {
    throw connectionError(error, signal);
  }
}

function toError(text: string, status: number): DevloopError {
  const report = ErrorReport.safeParse(parse(text));
  if (report.success) return fromReport(report.data);
  return new DevloopError(
    'daemon/version',
    `The daemon answered with status ${status} and nothing that this devloop understands.`,
    'Restart it: devloop stop, then devloop up',
    { evidence: text.split('\n').slice(0, 5) },
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
