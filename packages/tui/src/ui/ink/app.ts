import { Box, type Instance, render, type SuspendTerminal, useApp, useInput, usePaste } from 'ink';
import { createElement, type ReactElement, useEffect, useSyncExternalStore } from 'react';
import type { KeyName } from '../keys/key-binding.ts';
import { keyNames } from '../keys/key-name.ts';
import type { Row } from '../paint/row.ts';
import { RowText } from './row-text.ts';
import type { Theme } from './theme.ts';

/** What the terminal library paints, and tells of the keyboard. */
export interface Screen {
  /** Calls `listener` whenever there is another frame. */
  subscribe(listener: () => void): () => void;
  frame(): readonly Row[];
  keys(names: readonly KeyName[]): void;
  paste(text: string): void;
  /** Hands over the way to lend the terminal to another program. */
  lend(suspendTerminal: SuspendTerminal): void;
}

export interface MountOptions {
  readonly screen: Screen;
  readonly theme: Theme;
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WriteStream;
}

/** Opens the full-screen app; it stays until it is unmounted. */
export function mountApp({ screen, theme, input, output }: MountOptions): Instance {
  return render(createElement(App, { screen, theme }), {
    stdin: input as NodeJS.ReadStream,
    stdout: output,
    exitOnCtrlC: false,
    alternateScreen: true,
    incrementalRendering: true,
    interactive: true,
    patchConsole: false,
    // the screen decides when to repaint; this is only above what it asks for
    maxFps: 60,
  });
}

function App({ screen, theme }: Pick<MountOptions, 'screen' | 'theme'>): ReactElement {
  const rows = useSyncExternalStore(
    (listener) => screen.subscribe(listener),
    () => screen.frame(),
  );
  const { suspendTerminal } = useApp();
  useEffect(() => screen.lend(suspendTerminal), [screen, suspendTerminal]);
  useInput((input, key) => screen.keys(keyNames(input, key)));
  usePaste((text) => screen.paste(text));
  return createElement(
    Box,
    { flexDirection: 'column' },
    rows.map((row, index) => createElement(RowText, { key: index, line: theme.line(row) })),
  );
}
