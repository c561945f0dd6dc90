/** Blocks of 127.0.0.0/8 that stand for the cluster's networks, by the second numbers of their addresses. */
export interface LoopbackBlocks {
  /** For 10.244.0.0/16, the pods. */
  readonly pods: number;
  /** The first of sixteen for 10.96.0.0/12, the Services. */
  readonly services: number;
}

const POD_NETWORK = 244;
const SERVICE_NETWORKS = { first: 96, last: 111 };
/** Ports below it are for root alone. */
const FIRST_UNPRIVILEGED = 1024;
const PRIVILEGED_ARE_AT = 50_000;

/**
 * Where an address of the cluster is on the loopback device: the same in another block, and a port that only root may
 * listen at is another. Everything else is where it says.
 */
export function loopbackPlace(blocks: LoopbackBlocks, address: string, port: number): { host: string; port: number } {
  const [, second, rest] = /^10\.(\d+)(\.\d+\.\d+)$/.exec(address) ?? [];
  const block = blockOf(blocks, Number(second));
  if (block === undefined) return { host: address, port };
  return { host: `127.${block}${rest}`, port: port < FIRST_UNPRIVILEGED && port > 0 ? port + PRIVILEGED_ARE_AT : port };
}

function blockOf({ pods, services }: LoopbackBlocks, second: number): number | undefined {
  const { first, last } = SERVICE_NETWORKS;
  if (second === POD_NETWORK) return pods;
  return second >= first && second <= last ? services + second - first : undefined;
}
