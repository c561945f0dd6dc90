import { Text } from 'ink';
import { createElement, memo, type ReactElement } from 'react';
import type { Row } from '../paint/row.ts';
import type { Style } from '../paint/style.ts';
import type { Theme } from './theme.ts';

interface RowTextProps {
  readonly row: Row;
  readonly theme: Theme;
}

/** One line of the screen; painted again only when it reads or looks different. */
export const RowText = memo(
  ({ row, theme }: RowTextProps): ReactElement =>
    createElement(
      Text,
      { wrap: 'truncate' },
      // a line without any text would take no line
      row.length === 0
        ? ' '
        : row.map(({ text, style }, index) =>
            createElement(Text, { key: index, ...theme.props(style) }, theme.text(text)),
          ),
    ),
  (before, after) => before.theme === after.theme && isSameRow(before.row, after.row),
);

function isSameRow(a: Row, b: Row): boolean {
  return (
    a === b ||
    (a.length === b.length &&
      a.every((piece, index) => piece.text === b[index]?.text && isSameStyle(piece.style, b[index].style)))
  );
}

function isSameStyle(a: Style | undefined, b: Style | undefined): boolean {
  return (
    a === b ||
    (a?.tone === b?.tone &&
      a?.service === b?.service &&
      a?.bold === b?.bold &&
      a?.underline === b?.underline &&
      a?.inverse === b?.inverse)
  );
}
