/** Where an address of the cluster and a port of it are reached from this machine's own network. */
export type Place = (address: string, port: number) => { readonly host: string; readonly port: number };

/** In the node's network namespace every address is what it says. */
export const AS_IT_IS: Place = (host, port) => ({ host, port });
