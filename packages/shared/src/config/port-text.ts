/** A port of this machine and what it leads to, as users write them: `8080`, `8080:80`, `http`, `0.0.0.0:8080:http`. */
export interface WrittenPort {
  /** 0 where only the name of the container's port is written. */
  readonly local: number;
  /** Of the container, as a number or by its name. */
  readonly port: number | string;
  /** IP address of this machine to listen on; absent: loopback. */
  readonly address?: string | undefined;
}

/** How a port is written; {@link readPort} also looks at the numbers. */
export const PORT_TEXT =
  /^(?:(?:(\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-fA-F:.]+\]):)?(\d{1,5}):)?(\d{1,5}|[a-z][a-z0-9-]{0,14})$/;
const HIGHEST = 65_535;

/** Reads a port; undefined where the text is none. */
export function readPort(text: string): WrittenPort | undefined {
  const [isPort, address, local, port = ''] = PORT_TEXT.exec(text) ?? [];
  if (isPort === undefined) return undefined;
  const target = /^\d+$/.test(port) ? Number(port) : port;
  const own = local === undefined ? (typeof target === 'number' ? target : 0) : Number(local);
  const numbers = [...(local === undefined ? [] : [own]), ...(typeof target === 'number' ? [target] : [])];
  if (numbers.some((number) => number < 1 || number > HIGHEST)) return undefined;
  const where = address?.replace(/^\[|\]$/g, '');
  if (where?.includes('.') && where.split('.').some((part) => Number(part) > 255)) return undefined;
  return { local: own, port: target, ...(where === undefined ? {} : { address: where }) };
}
