/**
 * A key as bindings name it: a printable character as itself (`j`, `G`, `/`, `?`), else one of the words below, with
 * `ctrl-` before a letter or word.
 */
export type KeyName = string;

/** Words for keys that print nothing: up down left right page-up page-down home end enter escape tab shift-tab
 * backspace delete space wheel-up wheel-down. */
export interface KeyBinding<Action extends string = string> {
  /** All keys that do this; the first is the one that hints show. */
  readonly keys: readonly KeyName[];
  readonly action: Action;
  /** What it does, as help and palette say it: an imperative, lower case. */
  readonly title: string;
  /** One or two words for the footer; absent: not shown there. */
  readonly hint?: string;
  /** Not offered in the palette: moving and scrolling. */
  readonly motion?: boolean;
}
