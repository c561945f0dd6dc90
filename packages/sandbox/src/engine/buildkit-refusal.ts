import http2 from 'node:http2';
import type { Duplex } from 'node:stream';
import { EngineError } from '../ports/container-engine.ts';
import { hijack } from './hijack.ts';
import type { Call, Route } from './router.ts';

/** gRPC's code for what a server does not do. */
const UNIMPLEMENTED = '12';
const WORDS =
  'the sandbox has no BuildKit sessions, in which an engine asks the client for files; use DOCKER_BUILDKIT=0 docker build, which sends them with the request';

/**
 * BuildKit's own protocol, which the sandbox does not have: `docker buildx` speaks it, and `docker build` where buildx is
 * installed. Neither tells its user what an engine says that refuses the connection, so it is taken, and each call refused.
 */
export const BUILDKIT_ROUTES: readonly Route[] = [
  { method: 'POST', path: /^\/grpc$/, handle: refuseCalls },
  { method: 'POST', path: /^\/session$/, handle: hold },
];

/** @throws EngineError 501 always: a build whose files are to be had from a session */
export function refuseSession(): never {
  throw new EngineError(501, WORDS);
}

async function refuseCalls(call: Call): Promise<void> {
  const socket = taken(call);
  const session = http2.performServerHandshake(socket);
  session.on('error', () => socket.destroy());
  session.on('stream', (stream) => {
    stream.on('error', () => undefined); // the client has left
    stream.respond(
      {
        ':status': 200,
        'content-type': 'application/grpc',
        'grpc-status': UNIMPLEMENTED,
        'grpc-message': encodeURI(WORDS),
      },
      { endStream: true },
    );
  });
  await ended(socket, call.signal);
}

/** Old clients open one before they ask for the build, which is refused with words that they show. */
async function hold(call: Call): Promise<void> {
  const socket = taken(call);
  socket.resume();
  await ended(socket, call.signal);
}

/** @throws EngineError 501 where the client does not ask for another protocol */
function taken({ request, response }: Call): Duplex {
  if (request.headers.upgrade !== 'h2c') refuseSession();
  return hijack(request, response, 'h2c');
}

async function ended(socket: Duplex, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
    const end = () => socket.destroy();
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
