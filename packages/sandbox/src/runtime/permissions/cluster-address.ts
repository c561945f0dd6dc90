/** The one address that every system has for itself. */
export const LOOPBACK = '127.0.0.1';

/** 10.244.0.0/16, the pods and the node, and 10.96.0.0/12, the Services. */
const OF_CLUSTER = /^10\.(?:244|9[6-9]|10\d|11[01])\.\d+\.\d+$/;

/** Whether only the node knows where an address is. */
export function isOfCluster(address: string): boolean {
  return OF_CLUSTER.test(address);
}
