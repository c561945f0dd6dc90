import { randomBytes } from 'node:crypto';
import { type ContainerSpec, EngineError } from '../ports/container-engine.ts';
import { nowNano, rfc3339Nano } from '../runtime/clock.ts';
import { cpuNanoseconds, familyOf, threadStates } from '../runtime/cpu-time.ts';
import type { Container } from './container.ts';
import { inspectContainer, summarizeContainer } from './container-json.ts';
import type { Engine } from './engine.ts';
import { Filters } from './filters.ts';
import { type Call, isTrue, type Route, readJson, sendJson, sendNothing } from './router.ts';

const DEFAULT_GRACE_SECONDS = 10;
const CONTAINER = '([^/]+)';
/** Docker's; here a container is created, running or exited. */
const STATES = ['created', 'restarting', 'running', 'removing', 'paused', 'exited', 'dead'];

/** Containers: create, start, stop, kill, wait, remove, list, inspect, stats, top. */
export function containerRoutes(engine: Engine): Route[] {
  const path = (text: string) => new RegExp(`^/containers/${text}$`);
  const removing = new Map<string, Promise<void>>();
  return [
    { method: 'GET', path: path('json'), handle: (call) => list(engine, call) },
    { method: 'POST', path: path('create'), handle: (call) => create(engine, removing, call) },
    {
      method: 'GET',
      path: path(`${CONTAINER}/json`),
      handle: ({ response, name }) => sendJson(response, 200, inspectContainer(engine.find(name))),
    },
    { method: 'GET', path: path(`${CONTAINER}/stats`), handle: (call) => stats(engine, call) },
    { method: 'GET', path: path(`${CONTAINER}/top`), handle: (call) => top(engine, call) },
    { method: 'POST', path: path(`${CONTAINER}/start`), handle: (call) => start(engine, call) },
    { method: 'POST', path: path(`${CONTAINER}/stop`), handle: (call) => stop(engine, call) },
    { method: 'POST', path: path(`${CONTAINER}/kill`), handle: (call) => kill(engine, call) },
    { method: 'POST', path: path(`${CONTAINER}/wait`), handle: (call) => wait(engine, removing, call) },
    { method: 'DELETE', path: path(CONTAINER), handle: (call) => remove(engine, call) },
  ];
}

function list(engine: Engine, { query, response }: Call): void {
  const filters = Filters.read(query, ['label', 'name', 'status', 'id', 'ancestor', 'exited', 'health']);
  const unknown = filters.get('status').find((status) => !STATES.includes(status));
  if (unknown !== undefined) throw new EngineError(400, `invalid filter 'status=${unknown}'`);
  const all = isTrue(query, 'all') || filters.get('status').length > 0;
  const fits = (container: Container) => {
    const { id, spec, image, state } = container;
    return (
      (all || state.status === 'running') &&
      filters.labels({ ...image.config.labels, ...spec.labels }) &&
      filters.some('name', (name) => `/${spec.name}`.includes(name)) &&
      filters.some('id', (begin) => id.startsWith(begin)) &&
      filters.some('status', (status) => status === state.status) &&
      filters.some('health', (health) => health === (container.health?.Status ?? 'none')) &&
      filters.some('exited', (code) => state.status === 'exited' && String(state.exitCode) === code) &&
      filters.some('ancestor', (name) => engine.images.find(name)?.id === image.id)
    );
  };
  sendJson(response, 200, engine.allContainers().filter(fits).map(summarizeContainer));
}

async function create(
  engine: Engine,
  removing: Map<string, Promise<void>>,
  { request, query, response }: Call,
): Promise<void> {
  const body = await readJson(request);
  const host = objectAt(body, 'HostConfig');
  const spec = readSpec(body, host, query.get('name'));
  const { id } = await engine.create(spec);
  if (host['AutoRemove'] === true) removeWhenDone(engine, engine.find(id), removing);
  sendJson(response, 201, { Id: id, Warnings: [] });
}

/** `docker run --rm`: the removal is remembered while it goes on, for who waits for it. */
function removeWhenDone(engine: Engine, container: Container, removing: Map<string, Promise<void>>): void {
  const listening = engine.listen((state, what) => {
    if (state.id !== container.id || what !== 'exited') return;
    listening[Symbol.dispose]();
    const removed = container
      .exited()
      .then(() => engine.remove(container.id))
      .catch(() => undefined) // someone else has removed it
      .finally(() => removing.delete(container.id));
    removing.set(container.id, removed);
  });
}

/** @throws EngineError 400 */
function readSpec(body: Record<string, unknown>, host: Record<string, unknown>, name: string | null): ContainerSpec {
  if (Object.keys(body).length === 0) {
    throw new EngineError(400, 'config cannot be empty in order to create a container');
  }
  const image = body['Image'];
  if (typeof image !== 'string' || image === '') throw new EngineError(400, 'no image specified');
  if (strings(host['Binds']).length > 0 || (Array.isArray(host['Mounts']) && host['Mounts'].length > 0)) {
    throw new EngineError(
      400,
      "invalid mount config: the sandbox mounts nothing of this machine's files into containers",
    );
  }
  const text = (field: string) => (typeof body[field] === 'string' && body[field] !== '' ? body[field] : undefined);
  const list = (field: string) => (strings(body[field]).length === 0 ? undefined : strings(body[field]));
  const env = strings(body['Env']).map((entry): [string, string] => {
    const [variable = ''] = entry.split('=', 1);
    return [variable, entry.slice(variable.length + 1)];
  });
  const labels = Object.entries(objectAt(body, 'Labels')).map(([label, value]) => [label, String(value)]);
  const given = name ?? `sandbox_${randomBytes(4).toString('hex')}`;
  if (!/^\/?[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(given)) {
    throw new EngineError(400, `Invalid container name (${given}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`);
  }
  return {
    name: given.replace(/^\//, ''),
    image,
    command: list('Entrypoint'),
    args: list('Cmd'),
    env: Object.fromEntries(env),
    workdir: text('WorkingDir'),
    user: text('User'),
    labels: Object.fromEntries(labels),
    hostname: text('Hostname') ?? 'sandbox',
    healthcheck: body['Healthcheck'] == null ? 'of the image' : objectAt(body, 'Healthcheck'),
    mounts: [],
    readOnlyRoot: host['ReadonlyRootfs'] === true,
    networkOf: undefined,
    address: undefined,
  };
}

async function start(engine: Engine, { response, name }: Call): Promise<void> {
  const container = engine.find(name);
  if (container.state.status === 'running') return sendNothing(response, 304);
  await container.start();
  sendNothing(response, 204);
}

async function stop(engine: Engine, { query, response, name }: Call): Promise<void> {
  const container = engine.find(name);
  if (container.state.status !== 'running') return sendNothing(response, 304);
  const grace = Number(query.get('t') ?? DEFAULT_GRACE_SECONDS);
  if (!Number.isFinite(grace)) throw new EngineError(400, `strconv.Atoi: parsing "${query.get('t')}": invalid syntax`);
  // less than nothing is for ever
  await container.stop(grace < 0 ? 2 ** 31 / 1000 - 1 : grace);
  sendNothing(response, 204);
}

function kill(engine: Engine, { query, response, name }: Call): void {
  try {
    engine.find(name).kill(query.get('signal') || 'SIGKILL');
  } catch (error) {
    if (!(error instanceof EngineError) || error.status === 400) throw error;
    throw new EngineError(error.status, `cannot kill container: ${name}: ${error.message}`);
  }
  sendNothing(response, 204);
}

async function remove(engine: Engine, { query, response, name }: Call): Promise<void> {
  await engine.remove(name, isTrue(query, 'force'));
  sendNothing(response, 204);
}

async function wait(
  engine: Engine,
  removing: Map<string, Promise<void>>,
  { query, response, name, signal }: Call,
): Promise<void> {
  const container = engine.find(name);
  const condition = query.get('condition') || 'not-running';
  if (!['not-running', 'next-exit', 'removed'].includes(condition)) {
    throw new EngineError(400, `invalid condition: "${condition}"`);
  }
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.flushHeaders();
  const running = container.state.status === 'running';
  if (condition === 'not-running' ? running : condition === 'next-exit' || !hasExited(container)) {
    await nextExit(engine, container, signal);
  }
  if (condition === 'removed') await (removing.get(container.id) ?? destroyed(engine, container, signal));
  response.end(`${JSON.stringify({ StatusCode: container.state.exitCode })}\n`);
}

function hasExited(container: Container): boolean {
  return container.state.status === 'exited';
}

function nextExit(engine: Engine, container: Container, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const listening = engine.listen((state, what) => {
      if (state.id === container.id && what === 'exited') done();
    });
    const done = () => {
      listening[Symbol.dispose]();
      resolve();
    };
    signal.addEventListener('abort', done, { once: true });
  });
}

function destroyed(engine: Engine, container: Container, signal: AbortSignal): Promise<void> {
  if (engine.container(container.id) === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    const listening = engine.events.listen((event) => {
      if (event.Action === 'destroy' && event.Actor.ID === container.id) done();
    });
    const done = () => {
      listening[Symbol.dispose]();
      resolve();
    };
    signal.addEventListener('abort', done, { once: true });
  });
}

function stats(engine: Engine, { query, response, name }: Call): void {
  if (query.get('stream') === null || isTrue(query, 'stream')) {
    throw new EngineError(400, 'the sandbox tells statistics once: ask with stream=false');
  }
  const { id, spec, state } = engine.find(name);
  const running = state.status === 'running';
  sendJson(response, 200, {
    id,
    name: `/${spec.name}`,
    read: rfc3339Nano(nowNano()),
    preread: '0001-01-01T00:00:00Z',
    pids_stats: { current: running ? familyOf(state.pid).length : 0 },
    num_procs: 0,
    cpu_stats: { cpu_usage: { total_usage: running ? cpuNanoseconds(state.pid) : 0 }, throttling_data: {} },
    precpu_stats: { cpu_usage: { total_usage: 0 }, throttling_data: {} },
    memory_stats: {},
  });
}

/** What this engine asks no ps for, since it reads it itself. */
const THREADS = '-eLo pid,stat';

function top(engine: Engine, { query, response, name }: Call): void {
  if (query.get('ps_args') !== THREADS) {
    throw new EngineError(400, `the sandbox tells the states of threads: ask with ps_args=${THREADS}`);
  }
  const { id, state } = engine.find(name);
  if (state.status !== 'running') throw new EngineError(409, `Container ${id} is not running`);
  const threads = familyOf(state.pid).flatMap((pid) => threadStates(pid).map((letter) => [String(pid), letter]));
  sendJson(response, 200, { Titles: ['PID', 'STAT'], Processes: threads });
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

function objectAt(body: Record<string, unknown>, field: string): Record<string, unknown> {
  const value = body[field];
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
