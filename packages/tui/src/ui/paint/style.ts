/**
 * How a run of text looks, by what it means. What a meaning looks like on a terminal (with 16 colours, without any,
 * on light and dark) is the theme's matter alone; no meaning is carried by colour only.
 */
export type Tone = 'good' | 'bad' | 'warning' | 'accent' | 'quiet';

export interface Style {
  readonly tone?: Tone;
  /** Painted in the colour of this service. */
  readonly service?: string;
  readonly bold?: boolean;
  readonly underline?: boolean;
  /** Foreground and background exchanged: the cursor row, a highlighted match. */
  readonly inverse?: boolean;
}
