/** `host[:port]` of a registry's address, without the path below it. */
export function registryHost(address: string): string {
  return address.split('/', 1)[0] ?? '';
}
