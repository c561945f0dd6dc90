import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Mount } from '../ports/container-engine.ts';
import type { KubeObject } from '../ports/kube-object.ts';
import type { PodSpec } from './pod-spec.ts';

/** How the pods of a node find names. */
export interface ClusterDns {
  readonly address: string;
  /** `cluster.local` */
  readonly domain: string;
}

/** The pod's host name: core/v1 says `spec.hostname`, or the pod's own. At most what the kernel takes. */
export function hostnameOf(pod: KubeObject): string {
  const { hostname } = pod['spec'] as PodSpec;
  return (hostname || pod.metadata.name).slice(0, 63).replace(/[-.]+$/, '');
}

/**
 * Writes the files that the kubelet gives to all containers of a pod and answers their mounts: hosts and resolv.conf,
 * as pkg/kubelet managedHostsFileContent and pkg/kubelet/network/dns.
 */
export async function podFiles(pod: KubeObject, address: string, dns: ClusterDns, folder: string): Promise<Mount[]> {
  const { namespace = 'default' } = pod.metadata;
  await mkdir(folder, { recursive: true });
  const files = [
    { name: 'etc-hosts', target: '/etc/hosts', text: hosts(pod, address, namespace, dns) },
    { name: 'resolv.conf', target: '/etc/resolv.conf', text: resolvConf(pod, namespace, dns) },
  ];
  return await Promise.all(
    files.map(async ({ name, target, text }) => {
      const source = path.join(folder, name);
      await writeFile(source, text);
      return { source, target, readOnly: false };
    }),
  );
}

function hosts(pod: KubeObject, address: string, namespace: string, { domain }: ClusterDns): string {
  const { subdomain, hostAliases = [] } = pod['spec'] as PodSpec;
  const hostname = hostnameOf(pod);
  const full = subdomain ? `${hostname}.${subdomain}.${namespace}.svc.${domain}\t${hostname}` : hostname;
  const lines = [
    '# Kubernetes-managed hosts file.',
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::0\tip6-localnet',
    'fe00::0\tip6-mcastprefix',
    'fe00::1\tip6-allnodes',
    'fe00::2\tip6-allrouters',
    `${address}\t${full}`,
  ];
  const aliases = hostAliases.map(({ ip, hostnames = [] }) => `${ip}\t${hostnames.join('\t')}`);
  if (aliases.length > 0) lines.push('', '# Entries added by HostAliases.', ...aliases);
  return `${lines.join('\n')}\n`;
}

function resolvConf(pod: KubeObject, namespace: string, { address, domain }: ClusterDns): string {
  const { dnsPolicy = 'ClusterFirst', dnsConfig = {} } = pod['spec'] as PodSpec;
  const isCluster = dnsPolicy.startsWith('ClusterFirst');
  const nameservers = [...(isCluster ? [address] : []), ...(dnsConfig.nameservers ?? [])];
  const own = isCluster ? [`${namespace}.svc.${domain}`, `svc.${domain}`, domain] : [];
  const searches = [...own, ...(dnsConfig.searches ?? [])];
  const options = new Map<string, string | undefined>(isCluster ? [['ndots', '5']] : []);
  for (const { name, value } of dnsConfig.options ?? []) options.set(name, value);
  const words = [...options].map(([name, value]) => (value === undefined ? name : `${name}:${value}`));
  return [
    ...nameservers.map((server) => `nameserver ${server}`),
    ...(searches.length > 0 ? [`search ${searches.join(' ')}`] : []),
    ...(words.length > 0 ? [`options ${words.join(' ')}`] : []),
    '',
  ].join('\n');
}
