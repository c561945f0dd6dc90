import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { KubeObject } from '../ports/kube-object.ts';
import type { Place } from '../ports/place.ts';
import { StatusError } from '../ports/status-error.ts';
import type { Fields } from '../resources/schema/fields.ts';
import { badRequest, notFound } from '../resources/status-errors.ts';
import type { ObjectRegistry } from './object-registry.ts';
import type { ResourceTarget } from './request-target.ts';

export interface ProxiedRequest {
  readonly target: ResourceTarget;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Headers of one connection, or for the API server alone. */
const NOT_PASSED_ON = ['authorization', 'connection', 'host', 'keep-alive', 'transfer-encoding', 'upgrade'];

/**
 * `…/services/[SCHEME:]NAME[:PORT]/proxy/PATH` and the same of pods: passes a request on to a pod.
 *
 * @throws StatusError 404, 503 where no pod takes it
 */
export async function proxyToPod(
  registry: ObjectRegistry,
  place: Place,
  { target, request, response }: ProxiedRequest,
): Promise<void> {
  const { host, port } = destination(registry, target);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const [, search = ''] = /(\?.*)$/.exec(request.url ?? '') ?? []; // as it is: what a + means is the program's business
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !NOT_PASSED_ON.includes(name)));
  const passed = http.request({
    ...place(host, port),
    path: `/${target.rest}${search}`,
    method: request.method,
    headers: { ...headers, host: `${host}:${port}` },
    agent: false,
  });
  passed.once('response', (answer) => {
    const { connection: _, 'keep-alive': __, 'transfer-encoding': ___, ...kept } = answer.headers;
    response.writeHead(answer.statusCode ?? 502, kept);
    answer.pipe(response);
    answer.on('error', () => response.destroy());
  });
  passed.on('error', (error) => {
    if (response.headersSent) response.destroy();
    const message = `error trying to reach service: dial tcp ${host}:${port}: ${error.message}`;
    reject(new StatusError(503, 'ServiceUnavailable', message));
  });
  response.once('close', () => {
    passed.destroy();
    resolve();
  });
  request.pipe(passed);
  await promise;
}

function destination(
  registry: ObjectRegistry,
  { kind, namespace, name: id = '' }: ResourceTarget,
): { host: string; port: number } {
  const [name = '', portText = ''] = id.replace(/^https?:(?=.*[^:])/, '').split(':');
  const object = registry.get({ resource: kind.resource, namespace, name });
  if (object === undefined) throw notFound(kind, name);
  if (kind.resource === 'pods') return podDestination(object, portText);
  const portName = servicePortName(object, portText);
  const [found] = registry.list('endpointslices.discovery.k8s.io', namespace).flatMap((slice) => {
    if (slice.metadata.labels?.['kubernetes.io/service-name'] !== name) return [];
    const port: Fields | undefined = (slice['ports'] ?? []).find((one: Fields) => (one['name'] ?? '') === portName);
    const ready: Fields[] = (slice['endpoints'] ?? []).filter(({ conditions }: Fields) => conditions?.ready !== false);
    return ready.flatMap(({ addresses }) =>
      port === undefined ? [] : addresses.map((host: string) => ({ host, port: Number(port['port']) })),
    );
  });
  if (found !== undefined) return found;
  throw new StatusError(503, 'ServiceUnavailable', `no endpoints available for service ${JSON.stringify(id)}`);
}

/** A port is named by its name or its number in the Service; without either it is the one without a name. */
function servicePortName({ spec }: KubeObject, portText: string): string {
  if (!/^\d+$/.test(portText)) return portText;
  const port = (spec?.ports ?? []).find((one: Fields) => one['port'] === Number(portText));
  if (port !== undefined) return port.name ?? '';
  throw new StatusError(503, 'ServiceUnavailable', `no service port ${portText} found for service`);
}

function podDestination({ spec, status }: KubeObject, portText: string): { host: string; port: number } {
  const first = (spec?.containers ?? []).flatMap(({ ports }: Fields) => ports ?? [])[0]?.containerPort ?? 80;
  const port = portText === '' ? first : Number(portText);
  if (!Number.isInteger(port)) throw badRequest(`invalid port ${portText}`);
  if (status?.podIP) return { host: status.podIP, port };
  throw new StatusError(500, 'InternalError', 'address not allowed');
}
