import type { KubeObject } from '../../ports/kube-object.ts';
import type { Fields } from '../schema/fields.ts';

/** What is under the address of a load balancer, as kubectl writes it. */
export function ingressAddress({ status }: KubeObject): string {
  return (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }: Fields) => ip ?? hostname).join(',');
}

export function externalAddress(service: KubeObject): string {
  const { spec } = service;
  const external = (spec?.externalIPs ?? []).join(',');
  switch (spec?.type) {
    case 'ExternalName':
      return spec.externalName ?? '';
    case 'LoadBalancer':
      return [ingressAddress(service), external].filter((part) => part !== '').join(',') || '<pending>';
    default:
      return external || '<none>';
  }
}

/** `80/TCP`, `80:30080/TCP`. */
export function servicePorts({ spec }: KubeObject): string {
  const ports: Fields[] = spec?.ports ?? [];
  return (
    ports.map(({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol}`).join(',') ||
    '<none>'
  );
}

const MOST_SHOWN = 3;

/** The first addresses of an Endpoints object. */
export function endpointsText({ subsets }: KubeObject): string {
  const all = ((subsets ?? []) as Fields[]).flatMap(({ addresses, ports }) =>
    ((ports ?? [{}]) as Fields[]).flatMap(({ port }) =>
      ((addresses ?? []) as Fields[]).map(({ ip }) => (port === undefined ? ip : `${ip}:${port}`)),
    ),
  );
  if (all.length === 0) return '<none>';
  const more = all.length - MOST_SHOWN;
  return `${all.slice(0, MOST_SHOWN).join(',')}${more > 0 ? ` + ${more} more...` : ''}`;
}
