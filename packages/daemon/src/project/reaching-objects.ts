import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { podTemplateOf } from '../deploy/workload-images.ts';
import type { Project, ServiceSpec } from './project.ts';

/**
 * The Services and Ingresses through which a service's pods are reached: its own, and those of the project that select
 * its pods or lead to a Service that does.
 */
export function reachingObjects(spec: ServiceSpec, project: Project): KubernetesObject[] {
  const own = spec.manifests.map(({ object }) => object);
  const shared = project.manifests.map(({ object }) => object);
  const pods = own.filter((object) => podTemplateOf(object) !== undefined);
  const services = [
    ...own.filter(isService),
    ...shared.filter((object) => isService(object) && pods.some((workload) => selects(object, workload))),
  ];
  const ingresses = [
    ...own.filter(isIngress),
    ...shared.filter((object) => isIngress(object) && services.some((service) => leadsTo(object, service))),
  ];
  return [...services, ...ingresses];
}

function isService({ apiVersion, kind }: KubernetesObject): boolean {
  return apiVersion === 'v1' && kind === 'Service';
}

function isIngress({ kind }: KubernetesObject): boolean {
  return kind === 'Ingress';
}

function selects(service: KubernetesObject, workload: KubernetesObject): boolean {
  const selector = Object.entries<string>(service['spec']?.selector ?? {});
  const metadata = workload.kind === 'Pod' ? workload.metadata : workload['spec']?.template?.metadata;
  const labels: Record<string, string> = metadata?.labels ?? {};
  return (
    selector.length > 0 &&
    service.metadata.namespace === workload.metadata.namespace &&
    selector.every(([key, value]) => labels[key] === value)
  );
}

function leadsTo(ingress: KubernetesObject, service: KubernetesObject): boolean {
  const spec = ingress['spec'] ?? {};
  const rules: { http?: { paths?: { backend?: IngressBackend }[] } }[] = spec.rules ?? [];
  const paths = rules.flatMap(({ http }) => http?.paths ?? []);
  const backends: (IngressBackend | undefined)[] = [
    spec.defaultBackend,
    spec.backend,
    ...paths.map(({ backend }) => backend),
  ];
  return (
    ingress.metadata.namespace === service.metadata.namespace &&
    backends.some((backend) => (backend?.service?.name ?? backend?.serviceName) === service.metadata.name)
  );
}

/** As networking.k8s.io/v1 has it, or v1beta1. */
interface IngressBackend {
  readonly service?: { readonly name?: string };
  readonly serviceName?: string;
}
