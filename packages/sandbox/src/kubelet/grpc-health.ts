import http2 from 'node:http2';

const CHECK = '/grpc.health.v1.Health/Check';
const PREFIX_BYTES = 5;
/** Of HealthCheckResponse.ServingStatus. */
const STATUSES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];
/** google.rpc.Code, as Go writes it. */
const CODES = [
  'OK',
  'Canceled',
  'Unknown',
  'InvalidArgument',
  'DeadlineExceeded',
  'NotFound',
  'AlreadyExists',
  'PermissionDenied',
  'ResourceExhausted',
  'FailedPrecondition',
  'Aborted',
  'OutOfRange',
  'Unimplemented',
  'Internal',
  'Unavailable',
  'DataLoss',
  'Unauthenticated',
];

export interface GrpcTarget {
  /** As it is told: `HOST:PORT`. */
  readonly address: string;
  /** Where that is reached. */
  readonly at: { readonly host: string; readonly port: number };
  /** Empty: the server as a whole. */
  readonly service: string;
}

/** What a server says of its health. */
export interface GrpcHealth {
  readonly isServing: boolean;
  /** What pkg/probe/grpc tells of it. */
  readonly output: string;
}

/**
 * Asks a server for the health of a service by the protocol grpc.health.v1, without TLS, as the kubelet does.
 *
 * @param timeoutMs after which the signal aborts, for what is told of it
 */
export async function grpcHealth(
  { address, at, service }: GrpcTarget,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<GrpcHealth> {
  const within = timeoutMs < 1000 ? `${timeoutMs}ms` : `${timeoutMs / 1000}s`;
  const failed = (output: string): GrpcHealth => ({ isServing: false, output });
  const session = http2.connect(`http://${at.host}:${at.port}`);
  const destroy = () => session.destroy();
  signal.addEventListener('abort', destroy, { once: true });
  try {
    const isConnected = await new Promise<boolean>((resolve) => {
      session.once('connect', () => resolve(true));
      session.on('error', () => resolve(false));
      session.once('close', () => resolve(false));
      if (signal.aborted) destroy();
    });
    if (!isConnected) {
      return failed(
        `timeout: failed to connect service ${JSON.stringify(address)} within ${within}: context deadline exceeded`,
      );
    }
    const { code, message, body } = await ask(session, address, service);
    if (signal.aborted || code === 'DeadlineExceeded') {
      return failed(`timeout: health rpc did not complete within ${within}`);
    }
    if (code === 'Unimplemented') {
      return failed(
        `error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${message}`,
      );
    }
    if (code !== 'OK') return failed(`error: health rpc probe failed: rpc error: code = ${code} desc = ${message}`);
    const status = STATUSES[servingStatus(body)] ?? 'UNKNOWN';
    return status === 'SERVING'
      ? { isServing: true, output: '' }
      : failed(`service unhealthy (responded with ${JSON.stringify(status)})`);
  } finally {
    signal.removeEventListener('abort', destroy);
    session.destroy();
  }
}

/** One call; a connection that breaks makes the server unavailable. */
async function ask(session: http2.ClientHttp2Session, authority: string, service: string) {
  const stream = session.request({
    ':method': 'POST',
    ':path': CHECK,
    ':authority': authority,
    'content-type': 'application/grpc',
    'user-agent': 'kube-probe/1.32',
    te: 'trailers',
  });
  let code = 'Unavailable';
  let message = 'the connection was closed';
  const take = (headers: http2.IncomingHttpHeaders) => {
    if (headers['grpc-status'] === undefined) return;
    code = CODES[Number(headers['grpc-status'])] ?? 'Unknown';
    message = decodeURIComponent(String(headers['grpc-message'] ?? ''));
  };
  stream.on('response', take).on('trailers', take);
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await new Promise<void>((resolve) => {
    stream.on('error', () => resolve()); // the code says so
    stream.once('close', () => resolve());
    stream.end(framed(service));
  });
  return { code, message, body: Buffer.concat(chunks) };
}

/** A HealthCheckRequest: field 1 is the service's name. */
function framed(service: string): Buffer {
  const name = Buffer.from(service);
  const message = name.length === 0 ? name : Buffer.concat([Buffer.of(0x0a), varint(name.length), name]);
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** Of a HealthCheckResponse: field 1 is the status; what is not there is 0. */
function servingStatus(body: Buffer): number {
  const message = body.subarray(PREFIX_BYTES);
  return message[0] === 0x08 ? (message[1] ?? 0) : 0;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left > 0x7f; left >>>= 7) bytes.push((left & 0x7f) | 0x80);
  return Buffer.of(...bytes, left);
}
