import { formatReference, parseReference } from '../images/reference.ts';
import { sizeOf } from '../images/stored-image.ts';
import { EngineError } from '../ports/container-engine.ts';
import { durationNano, nowNano, parseTime } from '../runtime/clock.ts';
import { BUILDKIT_ROUTES, refuseSession } from './buildkit-refusal.ts';
import type { Engine } from './engine.ts';
import { Filters } from './filters.ts';
import { historyOf, inspectImage, summarizeImage } from './image-json.ts';
import { type Call, isTrue, jsonStrings, type Route, sendJson, sendNothing } from './router.ts';

const NAME = '(.+)';

/** Images: list, inspect, tag, remove, pull, build. */
export function imageRoutes(engine: Engine): Route[] {
  const path = (text: string) => new RegExp(`^/images/${text}$`);
  return [
    { method: 'GET', path: path('json'), handle: (call) => list(engine, call) },
    { method: 'POST', path: path('create'), handle: (call) => pull(engine, call) },
    { method: 'POST', path: path('prune'), handle: (call) => prune(engine, call) },
    {
      method: 'GET',
      path: path(`${NAME}/json`),
      handle: ({ response, name }) => sendJson(response, 200, inspectImage(engine, engine.images.get(name))),
    },
    {
      method: 'GET',
      path: path(`${NAME}/history`),
      handle: ({ response, name }) => sendJson(response, 200, historyOf(engine, engine.images.get(name))),
    },
    { method: 'POST', path: path(`${NAME}/tag`), handle: (call) => tag(engine, call) },
    { method: 'DELETE', path: path(NAME), handle: (call) => remove(engine, call) },
    { method: 'POST', path: /^\/build$/, handle: (call) => build(engine, call) },
    ...BUILDKIT_ROUTES,
    { method: 'POST', path: /^\/build\/prune$/, handle: (call) => pruneCache(engine, call) },
  ];
}

function list(engine: Engine, { query, response }: Call): void {
  const filters = Filters.read(query, ['label', 'reference', 'dangling', 'before', 'since', 'until']);
  const fits = (references: readonly string[]) =>
    filters.some('reference', (wanted) => references.some((reference) => matches(wanted, reference))) &&
    filters.some('dangling', (wanted) => (wanted === 'true' || wanted === '1') === (references.length === 0));
  const images = engine.images
    .all()
    .filter((image) => filters.labels(image.config.labels) && fits(engine.images.referencesOf(image.id)))
    .map((image) => summarizeImage(engine, image));
  sendJson(
    response,
    200,
    images.sort((one, other) => other.Created - one.Created),
  );
}

/** `name`, `name:tag`, and `*` for anything but a slash. */
function matches(wanted: string, reference: string): boolean {
  const pattern = wanted
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  const repository = reference.slice(0, reference.lastIndexOf(':'));
  return [reference, repository].some((name) => new RegExp(`^${pattern}$`).test(name));
}

function tag(engine: Engine, { query, response, name }: Call): void {
  const image = engine.images.get(name);
  const repository = query.get('repo') ?? '';
  const given = query.get('tag') ?? '';
  engine.images.tag(image, given === '' ? repository : `${repository}:${given}`);
  sendNothing(response, 201);
}

async function remove(engine: Engine, { query, response, name }: Call): Promise<void> {
  const removals = engine.images.remove(name, isTrue(query, 'force'), (id) => engine.usersOf(id));
  await engine.sweepLayers();
  sendJson(response, 200, removals);
}

/** As `docker image prune`: images without a name, or with `dangling=false` all that no container is made of. */
async function prune(engine: Engine, { query, response }: Call): Promise<void> {
  const filters = Filters.read(query, ['dangling', 'label', 'label!', 'until']);
  const withNames = filters.get('dangling').some((value) => ['false', '0'].includes(value));
  const isOld = olderThan(filters);
  const { images, removals } = engine.images.prune(
    (image) =>
      (withNames || engine.images.referencesOf(image.id).length === 0) &&
      engine.usersOf(image.id).length === 0 &&
      filters.labels(image.config.labels) &&
      isOld(image.created),
  );
  await engine.sweepLayers();
  const reclaimed = images.reduce((sum, image) => sum + sizeOf(image), 0);
  sendJson(response, 200, { ImagesDeleted: removals.length === 0 ? null : removals, SpaceReclaimed: reclaimed });
}

/** As `docker builder prune`: the steps that builds remember. */
async function pruneCache(engine: Engine, { query, response }: Call): Promise<void> {
  const filters = Filters.read(query, ['id', 'until']); // refused is better than more gone than was meant
  const isOld = olderThan(filters);
  const bytes = () => engine.layers.all().reduce((sum, layer) => sum + layer.size, 0);
  const before = bytes();
  const gone = engine.builder.cache.prune(
    (key, { created }) => filters.some('id', (id) => key.startsWith(id)) && isOld(created),
  );
  await engine.sweepLayers();
  sendJson(response, 200, { CachesDeleted: gone.length === 0 ? null : gone, SpaceReclaimed: before - bytes() });
}

/** What was made before the filter `until`: a time, or a duration that it is ago. @throws EngineError 400 */
function olderThan(filters: Filters): (created: string) => boolean {
  const [until] = filters.get('until');
  if (until === undefined) return () => true;
  const ago = durationNano(until);
  const limit = ago === undefined ? parseTime(until) : nowNano() - ago;
  if (limit === undefined) throw new EngineError(400, `failed to parse value as a time or duration: "${until}"`);
  return (created) => (parseTime(created) ?? limit) < limit;
}

async function pull(engine: Engine, { query, response }: Call): Promise<void> {
  if ((query.get('fromSrc') ?? '') !== '') throw new EngineError(400, 'the sandbox imports no archives as images');
  const repository = query.get('fromImage') ?? '';
  const given = query.get('tag') ?? '';
  const reference = formatReference(parseReference(given === '' ? repository : `${repository}:${given}`));
  const known = engine.images.find(reference) !== undefined;
  await engine.pullImage(reference);
  const status = known ? 'Image is up to date for' : 'Downloaded newer image for';
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(`${JSON.stringify({ status: `Status: ${status} ${reference}` })}\r\n`);
}

async function build(engine: Engine, { request, response, query, signal }: Call): Promise<void> {
  if ((query.get('remote') ?? '') !== '') {
    throw new EngineError(400, 'the sandbox builds from an archive in the request only, not from a remote context');
  }
  const kind = query.get('version') === '2' ? 'buildkit' : 'classic';
  if (kind === 'buildkit' && query.has('session')) refuseSession();
  const references = query
    .getAll('t')
    .filter(Boolean)
    .map((name) => formatReference(parseReference(name)));
  const send = (message: object) => {
    if (!response.headersSent) response.writeHead(200, { 'Content-Type': 'application/json' });
    response.write(`${JSON.stringify(message)}\r\n`);
  };
  const asked = {
    kind,
    references,
    dockerfile: query.get('dockerfile') || 'Dockerfile',
    args: jsonStrings(query, 'buildargs'),
    labels: jsonStrings(query, 'labels'),
    target: query.get('target') ?? undefined,
    noCache: isTrue(query, 'nocache'),
    quiet: isTrue(query, 'q'),
  } as const;
  await engine.builder.build(asked, request, send, signal);
  response.end();
}
