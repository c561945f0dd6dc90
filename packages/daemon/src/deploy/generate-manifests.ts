import type { KubernetesObject } from './kubernetes-object.ts';

/** A port a container listens on, as EXPOSE says. */
export interface ExposedPort {
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
}

export interface GeneratedService {
  /** RFC 1123 label: the name of all objects made. */
  readonly name: string;
  readonly image: string;
  readonly exposedPorts: readonly ExposedPort[];
  readonly env: Readonly<Record<string, string>>;
  /** Fields of a container with probes, where the image has a health check. */
  readonly probes?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * The manifests of a service that has none. Where ports are exposed: a Deployment of one replica and a ClusterIP Service
 * on the same ports under the service's name. Where none are, nobody can tell a program that goes on from one that does
 * its work and ends: a Pod is right for both, as it is started again only when its program has failed.
 */
export function generateManifests({ name, image, exposedPorts, env, probes }: GeneratedService): KubernetesObject[] {
  const labels = { app: name };
  const named = exposedPorts.map(({ port, protocol }) => ({
    name: `${protocol.toLowerCase()}-${port}`,
    port,
    protocol,
  }));
  const variables = Object.entries(env).map(([variable, value]) => ({ name: variable, value }));
  const container = {
    name,
    image,
    ...(named.length > 0 && {
      ports: named.map((port) => ({ name: port.name, containerPort: port.port, protocol: port.protocol })),
    }),
    ...(variables.length > 0 && { env: variables }),
    ...probes,
  };
  if (named.length === 0) {
    return [
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, labels },
        spec: { restartPolicy: 'OnFailure', containers: [container] },
      },
    ];
  }
  const deployment: KubernetesObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
  };
  const service: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, labels },
    spec: {
      type: 'ClusterIP',
      selector: labels,
      ports: named.map((port) => ({
        name: port.name,
        port: port.port,
        targetPort: port.name,
        protocol: port.protocol,
      })),
    },
  };
  return [deployment, service];
}
