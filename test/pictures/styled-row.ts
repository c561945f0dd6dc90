/** A run of cells that look the same. */
export interface StyledRun {
  readonly text: string;
  /** Cells from the left edge, and how many. */
  readonly column: number;
  readonly cells: number;
  /** One of the 16 colours of terminals; undefined: the terminal's own. */
  readonly foreground: number | undefined;
  readonly background: number | undefined;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly underline: boolean;
  readonly inverse: boolean;
}

export type StyledRow = readonly StyledRun[];
