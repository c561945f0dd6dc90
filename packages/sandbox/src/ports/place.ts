export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Where an address of the cluster and a port of it are, in this machine's own network. */
export type Place = (address: string, port: number) => Endpoint;

/** In the node's network namespace every address is what it says. */
export const AS_IT_IS: Place = (host, port) => ({ host, port });

/** For those who are reached at addresses of the cluster themselves. */
export interface Places {
  /** Where it is reached. */
  readonly place: Place;
  /** Where to listen to be reached there; port 0 is any. */
  readonly placeToListen: Place;
  /** Says which port it became, until it is disposed. */
  publish(address: string, port: number, at: number): Disposable;
}

/** In the node's network namespace nobody need be told. */
export const PLACES_AS_THEY_ARE: Places = {
  place: AS_IT_IS,
  placeToListen: AS_IT_IS,
  publish: () => ({ [Symbol.dispose]: () => undefined }),
};
