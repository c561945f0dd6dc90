import type { KubeObject } from '../ports/kube-object.ts';

/** Environment variables that tell of Services: pkg/kubelet/envvars FromServices. */
export function serviceVariables(services: readonly KubeObject[]): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const { metadata, spec } of services) {
    const ports: { name?: string; port: number; protocol?: string }[] = spec?.ports ?? [];
    const address: string | undefined = spec?.clusterIP;
    const [first] = ports;
    if (!address || address === 'None' || first === undefined) continue;
    const prefix = variableName(metadata.name);
    variables[`${prefix}_SERVICE_HOST`] = address;
    variables[`${prefix}_SERVICE_PORT`] = String(first.port);
    for (const { name, port } of ports) {
      if (name) variables[`${prefix}_SERVICE_PORT_${variableName(name)}`] = String(port);
    }
    for (const [index, { port, protocol = 'TCP' }] of ports.entries()) {
      const url = `${protocol.toLowerCase()}://${address}:${port}`;
      if (index === 0) variables[`${prefix}_PORT`] = url;
      const link = `${prefix}_PORT_${port}_${protocol.toUpperCase()}`;
      variables[link] = url;
      variables[`${link}_PROTO`] = protocol.toLowerCase();
      variables[`${link}_PORT`] = String(port);
      variables[`${link}_ADDR`] = address;
    }
  }
  return variables;
}

function variableName(name: string): string {
  return name.replaceAll('-', '_').toUpperCase();
}
