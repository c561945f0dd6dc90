/** What the daemon and a client speak. A client refuses another major; minors only add. */
export const PROTOCOL_VERSION = { major: 1, minor: 0 } as const;

export interface ProtocolVersion {
  readonly major: number;
  readonly minor: number;
}

export function isCompatible(theirs: ProtocolVersion): boolean {
  return theirs.major === PROTOCOL_VERSION.major;
}
