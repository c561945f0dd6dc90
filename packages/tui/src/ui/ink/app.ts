import { type Instance, render, type SuspendTerminal, useApp, useInput, usePaste } from 'ink';
import { createElement, useEffect } from 'react';
import type { KeyName } from '../keys/key-binding.ts';
import { keyNames } from '../keys/key-name.ts';

/** Who is told of the keyboard. */
export interface Keyboard {
  keys(names: readonly KeyName[]): void;
  paste(text: string): void;
  /** Hands over the way to lend the terminal to another program. */
  lend(suspendTerminal: SuspendTerminal): void;
}

export interface MountOptions {
  readonly keyboard: Keyboard;
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WriteStream;
}

/**
 * Opens the full-screen app; it stays until it is unmounted. The terminal library has the terminal's modes, the keyboard
 * and the ways out; the frames are written by the `FrameWriter`, which it leaves the screen to.
 */
export function mountApp({ keyboard, input, output }: MountOptions): Instance {
  return render(createElement(App, { keyboard }), {
    stdin: input as NodeJS.ReadStream,
    stdout: output,
    exitOnCtrlC: false,
    alternateScreen: true,
    interactive: true,
    patchConsole: false,
  });
}

function App({ keyboard }: Pick<MountOptions, 'keyboard'>): null {
  const { suspendTerminal } = useApp();
  useEffect(() => keyboard.lend(suspendTerminal), [keyboard, suspendTerminal]);
  useInput((input, key) => keyboard.keys(keyNames(input, key)));
  usePaste((text) => keyboard.paste(text));
  return null;
}
