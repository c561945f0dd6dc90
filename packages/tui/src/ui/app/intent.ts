import type { Command } from '@devloop/shared/protocol/command';

/** A container that a shell can be opened in. */
export interface ShellTarget {
  readonly service: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** What the user wants done outside of the screen. The reducer only says it; `effects/` does it. */
export type Intent =
  /** Ask the daemon; `done` is said when it has answered. */
  | { readonly is: 'command'; readonly command: Command; readonly done: string }
  /** Look up what can be chosen from, then ask with it. */
  | { readonly is: 'ask-build'; readonly service: string }
  | { readonly is: 'ask-container'; readonly service: string }
  | { readonly is: 'ask-down' }
  | { readonly is: 'shell'; readonly target: ShellTarget }
  | { readonly is: 'open-url'; readonly url: string }
  | { readonly is: 'copy'; readonly text: string; readonly what: string }
  | { readonly is: 'start-daemon' }
  | { readonly is: 'restart-daemon' }
  | { readonly is: 'step-aside' }
  /** Leave; the daemon and all services go on. */
  | { readonly is: 'quit' }
  | { readonly is: 'stop-daemon' }
  | { readonly is: 'down' };
