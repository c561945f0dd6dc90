import type { LogMessage } from '@devloop/shared/protocol/stream-message';

/** Where stored lines come from: one run of a container, or a step of the loop. */
export type StoredSource =
  | {
      readonly is: 'container';
      readonly pod: string;
      /** Of the pod: another one may get the same name. */
      readonly uid: string;
      readonly container: string;
      /** The runtime's id of this run; empty where it is not known. */
      readonly id: string;
      /** How often the container had been started again before this run. */
      readonly restarts: number;
    }
  | { readonly is: 'output'; readonly source: Extract<LogMessage, { type: 'output' }>['source'] };

/** Lines that are not here, and what is known of them. */
export interface StoredGap {
  readonly because: string;
  /** There where it is not known whether anything is missing. */
  readonly isPerhapsNone?: true | undefined;
  /** Time of the last line before and of the first one after, RFC 3339; absent where it is not known. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Whether two runs are of one container of one pod. */
export function isSameContainer(a: StoredSource, b: StoredSource): boolean {
  return a.is === 'container' && b.is === 'container' && a.uid === b.uid && a.container === b.container;
}

/** Whether two sources are the same run of a container. */
export function isSameRun(a: StoredSource, b: StoredSource): boolean {
  return isSameContainer(a, b) && a.is === 'container' && b.is === 'container' && a.id === b.id;
}
