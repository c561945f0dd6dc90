import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KubeObject } from '../ports/kube-object.ts';
import type { Place } from '../ports/place.ts';
import type { PodStreams } from '../ports/pod-streams.ts';
import { StatusError } from '../ports/status-error.ts';
import type { Catalog } from '../resources/catalog.ts';
import type { ResourceKind } from '../resources/resource-kind.ts';
import { isRecord } from '../resources/schema/read-object.ts';
import { type StructType, structType } from '../resources/schema/type-schema.ts';
import { badRequest, modifiedSince, notFound } from '../resources/status-errors.ts';
import { addWarnings, answerJson } from './answers.ts';
import type { User } from './authentication.ts';
import type { DeleteOptions } from './deletion-rules.ts';
import { listObjects } from './list-objects.ts';
import type { ObjectRegistry } from './object-registry.ts';
import {
  isDryRun,
  ObjectWriter,
  PATCH_TYPES,
  patchedObject,
  type WriteAnswer,
  type WriteRequest,
} from './object-writer.ts';
import { proxyToPod } from './pod-proxy.ts';
import { bindPod, evictPod } from './pod-subresources.ts';
import { listAs, oneAs, representationOf } from './representation.ts';
import { mediaTypeOf, parseBody, readBody, unsupportedPatch } from './request-body.ts';
import type { ResourceTarget } from './request-target.ts';
import { scaleOf, withScale } from './scale.ts';
import { WatchStream } from './watch-stream.ts';

export interface ApiCall {
  readonly target: ResourceTarget;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly user: User;
}

/** The verbs on resources: what `/api/v1/…` and `/apis/GROUP/VERSION/…` answer. */
export class ResourceApi {
  readonly #registry: ObjectRegistry;
  readonly #streams: PodStreams;
  readonly #place: Place;
  readonly #writer: ObjectWriter;
  readonly #watches = new Set<WatchStream>();

  constructor(catalog: Catalog, registry: ObjectRegistry, streams: PodStreams, place: Place) {
    this.#place = place;
    this.#registry = registry;
    this.#streams = streams;
    this.#writer = new ObjectWriter(catalog, registry);
  }

  /** @throws StatusError */
  async answer(call: ApiCall): Promise<void> {
    const { target, request } = call;
    const { subresource, name } = target;
    const verb = verbOf(request.method ?? 'GET', call);
    if (name === undefined) {
      if (!target.kind.verbs.includes(verb)) throw notAllowed();
      return this.#collection(call, verb);
    }
    switch (subresource) {
      case '':
        if (!target.kind.verbs.includes(verb)) throw notAllowed();
        return this.#object(call, verb);
      case 'status':
        if (!target.kind.hasStatus || !['get', 'update', 'patch'].includes(verb)) break;
        return this.#object(call, verb);
      case 'scale':
        if (target.kind.scale === undefined) break;
        return this.#scale(call, verb);
      case 'proxy':
        if (target.kind.resource !== 'pods' && target.kind.resource !== 'services') break;
        return await proxyToPod(this.#registry, this.#place, call);
      default:
        if (target.kind.resource === 'pods') return this.#podSubresource(call, verb);
    }
    throw new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});
  }

  /** Breaks the connections of all open watches. */
  dropWatches(): void {
    for (const watch of this.#watches) watch[Symbol.dispose]();
  }

  async #collection(call: ApiCall, verb: string): Promise<void> {
    const { target, query, request, response } = call;
    const representation = representationOf(request.headers.accept);
    switch (verb) {
      case 'list': {
        const { objects, metadata } = listObjects(this.#registry.tables, target, query);
        return answerJson(response, 200, listAs(representation, target.kind, objects, metadata, query));
      }
      case 'watch': {
        const watch = new WatchStream({ tables: this.#registry.tables, target, query, representation, response });
        this.#watches.add(watch);
        try {
          await watch.run();
        } finally {
          this.#watches.delete(watch);
        }
        return;
      }
      case 'create': {
        const written = await this.#writeRequest(call);
        const review = reviewed(target.kind, written.body, call.user);
        if (review !== undefined) return answerJson(response, 201, review);
        if (target.kind.resource === 'bindings') return this.#bind(call, written.body);
        return this.#answerWritten(call, this.#writer.create(written));
      }
      case 'deletecollection':
        return await this.#deleteCollection(call);
      default:
        throw notAllowed();
    }
  }

  async #object(call: ApiCall, verb: string): Promise<void> {
    const { target, query, request, response } = call;
    switch (verb) {
      case 'get': {
        const object = this.#live(target);
        return answerJson(response, 200, oneAs(representationOf(request.headers.accept), target.kind, object, query));
      }
      case 'watch':
        return await this.#collection(call, verb);
      case 'update':
        return this.#answerWritten(call, this.#writer.update(await this.#writeRequest(call)));
      case 'patch':
        return this.#answerWritten(call, this.#writer.patch(await this.#writeRequest(call)));
      case 'delete':
        return await this.#delete(call);
      default:
        throw notAllowed();
    }
  }

  async #delete(call: ApiCall): Promise<void> {
    const { target, query, response } = call;
    const options = await deleteOptions(call);
    const live = this.#live(target);
    const dryRun = isDryRun(query, 'DeleteOptions') || options.dryRun?.includes('All') === true;
    const object = this.#registry.deleteAs(target.kind, live, options, dryRun);
    const { group, plural } = target.kind;
    const { name, uid } = live.metadata;
    const details = { name, ...(group === '' ? {} : { group }), kind: plural, uid };
    answerJson(
      response,
      200,
      object === undefined
        ? { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details }
        : oneAs('object', target.kind, object, query),
    );
  }

  async #deleteCollection(call: ApiCall): Promise<void> {
    const { target, query, response } = call;
    const options = await deleteOptions(call);
    const dryRun = isDryRun(query, 'DeleteOptions');
    const { objects, metadata } = listObjects(this.#registry.tables, target, query);
    for (const object of objects) this.#registry.deleteAs(target.kind, object, options, dryRun);
    answerJson(response, 200, listAs('object', target.kind, objects, metadata, query));
  }

  async #scale(call: ApiCall, verb: string): Promise<void> {
    const { target, response } = call;
    const { kind } = target;
    if (kind.scale === undefined) throw notAllowed();
    const live = this.#live(target);
    if (verb === 'get') return answerJson(response, 200, scaleOf(live, kind.scale));
    if (verb !== 'update' && verb !== 'patch') throw notAllowed();
    const written = await this.#writeRequest(call);
    const scale =
      verb === 'update'
        ? written.body
        : patchedObject(
            { ...kind, custom: true },
            scaleOf(live, kind.scale),
            written.body,
            mergeType(written.mediaType),
          );
    const read = isRecord(scale) && isRecord(scale['metadata']) ? scale['metadata']['resourceVersion'] : undefined;
    if (read && read !== live.metadata.resourceVersion) throw modifiedSince(kind, live.metadata.name);
    const answer = this.#writer.update({
      ...written,
      target: { ...target, subresource: 'scale' },
      body: withScale(kind, live, scale),
    });
    answerJson(response, 200, scaleOf(answer.object, kind.scale));
  }

  async #podSubresource(call: ApiCall, verb: string): Promise<void> {
    const { target, query, response } = call;
    const pod = this.#live(target);
    switch (target.subresource) {
      case 'log':
        if (verb !== 'get') throw notAllowed();
        return await this.#streams.log(pod, query, response);
      case 'exec':
      case 'attach':
      case 'portforward':
        throw badRequest('Upgrade request required');
      case 'binding':
      case 'eviction': {
        if (verb !== 'create') throw notAllowed();
        const { body } = await this.#writeRequest(call);
        const answer =
          target.subresource === 'binding'
            ? bindPod(this.#registry, target.kind, pod, body)
            : evictPod(this.#registry, target.kind, pod, body, isDryRun(query, 'CreateOptions'));
        return answerJson(response, 201, answer);
      }
    }
    throw new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});
  }

  #bind({ target, response }: ApiCall, body: unknown): void {
    const { namespace } = target;
    const name = isRecord(body) && isRecord(body['metadata']) ? String(body['metadata']['name']) : '';
    const pods = this.#pods(target.kind);
    const pod = this.#registry.get({ resource: 'pods', namespace, name });
    if (pod === undefined) throw notFound(pods, name);
    answerJson(response, 201, bindPod(this.#registry, pods, pod, body));
  }

  #pods(kind: ResourceKind): ResourceKind {
    return { ...kind, resource: 'pods', plural: 'pods', kind: 'Pod' };
  }

  async #writeRequest({ target, query, request }: ApiCall): Promise<WriteRequest> {
    const mediaType = mediaTypeOf(request.headers['content-type']);
    if (request.method === 'PATCH' && !PATCH_TYPES.includes(mediaType)) throw unsupportedPatch();
    const body = parseBody(await readBody(request), mediaType, (name) => messageType(target.kind, name));
    return { target, query, body, mediaType, userAgent: request.headers['user-agent'] ?? '' };
  }

  #answerWritten({ target, query, request, response }: ApiCall, { code, object, warnings }: WriteAnswer): void {
    addWarnings(response, warnings);
    answerJson(response, code, oneAs(representationOf(request.headers.accept), target.kind, object, query));
  }

  #live({ kind, namespace, name = '' }: ResourceTarget): KubeObject {
    const object = this.#registry.get({ resource: kind.resource, namespace, name });
    if (object === undefined) throw notFound(kind, name);
    return object;
  }
}

/** Strategic merge patches of a Scale, which has no lists, are merge patches. */
function mergeType(mediaType: string): string {
  return mediaType === 'application/strategic-merge-patch+json' ? 'application/merge-patch+json' : mediaType;
}

function verbOf(method: string, { target, query }: ApiCall): string {
  const isCollection = target.name === undefined;
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (['true', '1'].includes(query.get('watch') ?? '')) return 'watch';
      return isCollection ? 'list' : 'get';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return isCollection ? 'deletecollection' : 'delete';
    default:
      return method;
  }
}

function notAllowed(): StatusError {
  return new StatusError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );
}

/** What is sent is of the kind that the path names, or of the one that its subresource takes. */
function messageType({ kind, type }: ResourceKind, sent: string): StructType | undefined {
  if (sent === kind) return type;
  return ['Binding', 'DeleteOptions', 'Eviction', 'Scale'].includes(sent) ? structType(sent) : undefined;
}

/** Of the body, or else of the query. */
async function deleteOptions({ query, request }: ApiCall): Promise<DeleteOptions & { dryRun?: string[] }> {
  const body = await readBody(request);
  if (body.length > 0) {
    const options = parseBody(body, mediaTypeOf(request.headers['content-type']), () => structType('DeleteOptions'));
    if (isRecord(options)) return options as DeleteOptions;
  }
  const grace = query.get('gracePeriodSeconds');
  const orphan = query.get('orphanDependents');
  return {
    gracePeriodSeconds: grace === null ? undefined : Number(grace),
    propagationPolicy: query.get('propagationPolicy') ?? undefined,
    orphanDependents: orphan === null ? undefined : orphan === 'true',
  };
}

/** Questions about oneself, which are answered and not stored. */
function reviewed(kind: ResourceKind, body: unknown, user: User): unknown {
  const asked = isRecord(body) ? body : {};
  const metadata = { creationTimestamp: null };
  if (kind.kind === 'SelfSubjectAccessReview') {
    return { ...asked, kind: kind.kind, apiVersion: 'authorization.k8s.io/v1', metadata, status: { allowed: true } };
  }
  if (kind.kind !== 'SelfSubjectReview') return undefined;
  return { kind: kind.kind, apiVersion: 'authentication.k8s.io/v1', metadata, status: { userInfo: user } };
}
