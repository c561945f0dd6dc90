import { availableParallelism, hostname, release, totalmem, version } from 'node:os';
import { sizeOf } from '../images/stored-image.ts';
import { parseTime } from '../runtime/clock.ts';
import { summarizeContainer } from './container-json.ts';
import type { Engine } from './engine.ts';
import type { EngineEvent } from './events.ts';
import { Filters } from './filters.ts';
import { summarizeImage } from './image-json.ts';
import { type Call, type Route, sendJson } from './router.ts';

/** The Docker release whose API this is. */
export const VERSION = '28.0.0';
export const API_VERSION = '1.47';
export const MIN_API_VERSION = '1.24';
const OPERATING_SYSTEM = 'devloop sandbox';
const EVENT_FILTERS = ['type', 'event', 'label', 'container', 'image', 'scope'];

/** Ping, version, info, disk usage and events. */
export function systemRoutes(engine: Engine): Route[] {
  return [
    { method: 'GET', path: /^\/_ping$/, handle: ping },
    { method: 'HEAD', path: /^\/_ping$/, handle: ping },
    { method: 'GET', path: /^\/version$/, handle: ({ response }) => sendJson(response, 200, versionOf()) },
    { method: 'GET', path: /^\/info$/, handle: ({ response }) => sendJson(response, 200, infoOf(engine)) },
    { method: 'GET', path: /^\/system\/df$/, handle: ({ response }) => sendJson(response, 200, usageOf(engine)) },
    { method: 'GET', path: /^\/events$/, handle: (call) => events(engine, call) },
  ];
}

function ping({ request, response }: Call): void {
  response.writeHead(200, { 'Builder-Version': '2', 'Cache-Control': 'no-cache', 'Content-Type': 'text/plain' });
  response.end(request.method === 'HEAD' ? '' : 'OK');
}

function versionOf(): object {
  const details = { ApiVersion: API_VERSION, MinAPIVersion: MIN_API_VERSION, Os: 'linux', Arch: architecture() };
  return {
    Platform: { Name: OPERATING_SYSTEM },
    Components: [{ Name: 'Engine', Version: VERSION, Details: { ...details, Implementation: OPERATING_SYSTEM } }],
    Version: VERSION,
    GitCommit: '',
    GoVersion: '',
    KernelVersion: release(),
    BuildTime: '',
    ...details,
  };
}

function infoOf(engine: Engine): object {
  const states = engine.containers().map((container) => container.status);
  const count = (status: string) => states.filter((one) => one === status).length;
  return {
    ID: engine.id,
    Name: hostname(),
    Containers: states.length,
    ContainersRunning: count('running'),
    ContainersPaused: 0,
    ContainersStopped: states.length - count('running'),
    Images: engine.images.all().length,
    Driver: 'overlay2',
    DriverStatus: [],
    DockerRootDir: engine.folder,
    Plugins: { Volume: [], Network: [], Authorization: null, Log: ['json-file'] },
    LoggingDriver: 'json-file',
    CgroupDriver: 'none',
    CgroupVersion: '2',
    NCPU: availableParallelism(),
    MemTotal: totalmem(),
    OperatingSystem: OPERATING_SYSTEM,
    OSType: 'linux',
    Architecture: process.arch === 'x64' ? 'x86_64' : 'aarch64',
    KernelVersion: release(),
    OSVersion: version(),
    ServerVersion: VERSION,
    SystemTime: new Date().toISOString(),
    IndexServerAddress: 'https://index.docker.io/v1/',
    RegistryConfig: { IndexConfigs: {}, InsecureRegistryCIDRs: [], Mirrors: [] },
    Labels: [],
    ExperimentalBuild: false,
    DefaultRuntime: 'devloop-sandbox',
    Runtimes: { 'devloop-sandbox': { path: 'devloop-sandbox' } },
    Swarm: { LocalNodeState: 'inactive', NodeID: '', NodeAddr: '', ControlAvailable: false, Error: '' },
    SecurityOptions: ['name=rootless'],
    Warnings: null,
  };
}

function usageOf(engine: Engine): object {
  return {
    LayersSize: engine.layers.all().reduce((sum, layer) => sum + layer.size, 0),
    Images: engine.images.all().map((image) => ({ ...summarizeImage(engine, image), UniqueSize: sizeOf(image) })),
    Containers: engine.allContainers().map((container) => summarizeContainer(container)),
    Volumes: [],
    BuildCache: [],
  };
}

/** Those since a time, then those to come, until a time or until the client leaves. */
async function events(engine: Engine, { query, response, signal }: Call): Promise<void> {
  const filters = Filters.read(query, EVENT_FILTERS);
  const since = parseTime(query.get('since') ?? '');
  const until = parseTime(query.get('until') ?? '');
  const send = (event: EngineEvent) => {
    if (fits(filters, event)) response.write(`${JSON.stringify(event)}\n`);
  };
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.flushHeaders();
  if (since !== undefined) {
    const last = until ?? BigInt(Number.MAX_SAFE_INTEGER) * 1000n;
    for (const event of engine.events.kept()) {
      if (BigInt(event.timeNano) >= since && BigInt(event.timeNano) <= last) send(event);
    }
  }
  using _listening = engine.events.listen(send);
  const leftMs = until === undefined ? undefined : Number(until / 1_000_000n) - Date.now();
  await new Promise<void>((resolve) => {
    const timer = leftMs === undefined ? undefined : setTimeout(resolve, Math.max(leftMs, 0));
    const leave = () => {
      clearTimeout(timer);
      resolve();
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
  response.end();
}

function fits(filters: Filters, event: EngineEvent): boolean {
  const { ID, Attributes } = event.Actor;
  return (
    filters.some('type', (type) => type === event.Type) &&
    filters.some('event', (action) => action === event.Action) &&
    filters.some('scope', (scope) => scope === event.scope) &&
    filters.some(
      'container',
      (name) => event.Type === 'container' && (ID.startsWith(name) || Attributes['name'] === name),
    ) &&
    filters.some('image', (name) =>
      event.Type === 'image' ? ID === name || Attributes['name'] === name : Attributes['image'] === name,
    ) &&
    filters.labels(Attributes)
  );
}

function architecture(): string {
  return process.arch === 'x64' ? 'amd64' : process.arch;
}
