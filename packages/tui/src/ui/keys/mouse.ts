/** What the mouse did; rows and columns count from 0. */
export type MouseEvent =
  | { readonly is: 'wheel'; readonly direction: 'up' | 'down' }
  | { readonly is: 'click'; readonly column: number; readonly row: number };

const BEGIN = '\u001b\\[';
const REPORT = new RegExp(`${BEGIN}<(\\d+);(\\d+);(\\d+)([Mm])`, 'g');
/** A report whose end has not come yet. */
const UNFINISHED = new RegExp(`${BEGIN}(?:<[\\d;]*)?$`);

const BUTTONS = { left: 0, wheelUp: 64, wheelDown: 65 };

export interface SplitInput {
  /** What was typed. */
  readonly text: string;
  readonly mouse: readonly MouseEvent[];
  /** The beginning of a report, to be put before the input that comes next. */
  readonly pending: string;
}

/** Takes the reports of the mouse (SGR mode) out of what the terminal sends. */
export function splitMouse(input: string): SplitInput {
  const mouse: MouseEvent[] = [];
  const typed = input.replaceAll(REPORT, (_, button: string, column: string, row: string, end: string) => {
    const event = mouseEvent(Number(button), Number(column) - 1, Number(row) - 1, end === 'M');
    if (event !== undefined) mouse.push(event);
    return '';
  });
  const pending = UNFINISHED.exec(typed)?.[0] ?? '';
  return { text: typed.slice(0, typed.length - pending.length), mouse, pending };
}

function mouseEvent(button: number, column: number, row: number, pressed: boolean): MouseEvent | undefined {
  if (button === BUTTONS.wheelUp) return { is: 'wheel', direction: 'up' };
  if (button === BUTTONS.wheelDown) return { is: 'wheel', direction: 'down' };
  return button === BUTTONS.left && pressed ? { is: 'click', column, row } : undefined;
}
