import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { EngineError } from '../ports/container-engine.ts';
import { containerRoutes } from './container-routes.ts';
import type { Engine } from './engine.ts';
import { execRoutes } from './exec-routes.ts';
import { imageRoutes } from './image-routes.ts';
import { type Route, sendJson } from './router.ts';
import { streamRoutes } from './stream-routes.ts';
import { API_VERSION, MIN_API_VERSION, systemRoutes, VERSION } from './system-routes.ts';

/** One for all requests: an error made for each would cost more than most answers. */
const LEFT = new Error('the client has left');

/**
 * Serves Docker's Engine API (docs.docker.com/reference/api/engine, version 1.47) on a Unix socket.
 *
 * @returns to be disposed before the engine is: it cuts all connections and ends what is done for them
 */
export async function serveEngine(engine: Engine, socketPath: string): Promise<AsyncDisposable> {
  const closing = new AbortController();
  const routes = [
    ...systemRoutes(engine),
    ...imageRoutes(engine),
    ...containerRoutes(engine),
    ...streamRoutes(engine),
    ...execRoutes(engine),
  ];
  const answers = new Set<Promise<void>>();
  const sockets = new Set<Duplex>();
  const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 });
  const receive = (request: IncomingMessage, response: ServerResponse) => {
    const answered = answer(routes, request, response, closing.signal).finally(() => answers.delete(answered));
    answers.add(answered);
  };
  server.on('request', receive);
  server.on('connection', (socket: Duplex) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined); // a client that goes away is no failure
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  return {
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await Promise.all(answers);
      await closed;
    },
  };
}

async function answer(
  routes: readonly Route[],
  request: IncomingMessage,
  response: ServerResponse,
  closing: AbortSignal,
): Promise<void> {
  const left = new AbortController();
  response.once('close', () => left.abort(LEFT));
  response.setHeader('Api-Version', API_VERSION);
  response.setHeader('Docker-Experimental', 'false');
  response.setHeader('Ostype', 'linux');
  response.setHeader('Server', `Docker/${VERSION} (linux)`);
  try {
    const url = new URL(request.url ?? '/', 'http://docker');
    const version = /^\/v(\d+\.\d+)(?=\/)/.exec(url.pathname)?.[1];
    if (version !== undefined) mustBeKnown(version);
    const path = decoded(version === undefined ? url.pathname : url.pathname.slice(version.length + 2));
    for (const route of routes) {
      const found = route.method === request.method ? route.path.exec(path) : null;
      if (found === null) continue;
      const signal = AbortSignal.any([left.signal, closing]);
      await route.handle({ request, response, query: url.searchParams, name: found[1] ?? '', signal });
      return;
    }
    throw new EngineError(404, 'page not found');
  } catch (error) {
    if (left.signal.aborted || closing.aborted || response.headersSent) {
      response.destroy();
      return;
    }
    const message = error instanceof Error ? error.message : String(error);
    sendJson(response, error instanceof EngineError ? error.status : 500, { message });
  }
}

function mustBeKnown(version: string): void {
  const [, minor = 0] = version.split('.').map(Number);
  const [, newest = 0] = API_VERSION.split('.').map(Number);
  const [, oldest = 0] = MIN_API_VERSION.split('.').map(Number);
  if (minor > newest) {
    throw new EngineError(400, `client version ${version} is too new. Maximum supported API version is ${API_VERSION}`);
  }
  if (minor < oldest) {
    throw new EngineError(
      400,
      `client version ${version} is too old. Minimum supported API version is ${MIN_API_VERSION}, please upgrade your client to a newer version`,
    );
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new EngineError(400, `invalid URL escape in ${path}`);
  }
}
