import type { Duplex } from 'node:stream';
import { splice } from '../network/splice.ts';
import type { DialPort } from './channel-forward.ts';
import { SpdyConnection, type SpdyStream } from './spdy-connection.ts';

export const SPDY_FORWARD_PROTOCOL = 'portforward.k8s.io';
/** The same, tunnelled through a WebSocket: kubectl since 1.31. */
export const TUNNELLED_FORWARD_PROTOCOL = 'SPDY/3.1+portforward.k8s.io';

/**
 * How long the client may go on when the program has ended its side: socat's, through which the kubelet forwards. kubectl
 * ends a local connection only when the stream of errors has ended, so without a bound two would wait for each other.
 */
const LINGER_MS = 500;

/**
 * Forwards ports over SPDY: for every connection a stream of data and one for an error, which belong together by their
 * `requestid`. pkg/kubelet/cri/streaming/portforward httpstream.go. Resolves when the client has gone and all is closed.
 */
export async function forwardOverSpdy(carrier: Duplex, dial: DialPort): Promise<void> {
  const connection = new SpdyConnection(carrier, 'server');
  const waiting = new Map<string, SpdyStream>();
  const forwards = new Set<Promise<void>>();
  await connection.run((stream) => {
    const { requestid = '', streamtype = '', port = '' } = stream.headers;
    const other = waiting.get(requestid);
    if (!['data', 'error'].includes(streamtype) || !/^\d+$/.test(port) || other?.headers['streamtype'] === streamtype) {
      stream.destroy();
      return;
    }
    if (other === undefined) {
      waiting.set(requestid, stream);
      stream.once('close', () => {
        if (waiting.get(requestid) === stream) waiting.delete(requestid);
      });
      return;
    }
    waiting.delete(requestid);
    const [data, error] = streamtype === 'data' ? [stream, other] : [other, stream];
    const forward = forwardPort(data, error, Number(port), dial).finally(() => forwards.delete(forward));
    forwards.add(forward);
  });
  await Promise.all(forwards);
}

/** It never rejects: what goes wrong is the error stream's. */
async function forwardPort(data: SpdyStream, error: SpdyStream, port: number, dial: DialPort): Promise<void> {
  error.resume();
  let target: Duplex;
  try {
    target = await dial(port);
  } catch (failure) {
    error.end(failure instanceof Error ? failure.message : String(failure));
    data.resume();
    data.end();
    return;
  }
  // As the kubelet does it, the stream of errors before that of the data, so that who has read all of the data knows of both.
  target.once('end', () => error.end());
  let linger: NodeJS.Timeout | undefined;
  data.once('finish', () => {
    linger = setTimeout(() => {
      target.destroy();
      data.destroy();
    }, LINGER_MS);
  });
  await splice(data, target);
  clearTimeout(linger);
  error.end();
}
