import type { TextInput } from '../input/text-input.ts';
import type { Row } from '../paint/row.ts';
import type { Intent } from './intent.ts';

/** Something that can be chosen from a list. */
export interface Choice {
  readonly label: string;
  readonly intent: Intent;
}

/** What a line of text is asked for. */
export type PromptFor =
  | { readonly is: 'replicas'; readonly service: string }
  | { readonly is: 'forward'; readonly service: string };

/** What lies over the screen and takes all keys. */
export type Overlay =
  | { readonly is: 'help'; readonly scroll: number }
  | { readonly is: 'palette'; readonly input: TextInput; readonly cursor: number }
  | {
      readonly is: 'confirm';
      readonly question: string;
      /** What it is about, one thing a row. */
      readonly rows: readonly Row[];
      readonly scroll: number;
      readonly intent: Intent;
    }
  | {
      readonly is: 'prompt';
      readonly question: string;
      readonly for: PromptFor;
      readonly input: TextInput;
      /** What is wrong with what was entered. */
      readonly problem: string;
    }
  | {
      readonly is: 'choose';
      readonly question: string;
      readonly choices: readonly Choice[];
      readonly cursor: number;
    };
