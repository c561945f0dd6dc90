import { Text } from 'ink';
import { createElement, memo, type ReactElement } from 'react';

/**
 * One line of the screen, painted again only when it reads or looks different. One text with its styles in it, not an
 * element a span: under a flood of logs every line is another at every paint.
 */
export const RowText = memo(
  ({ line }: { readonly line: string }): ReactElement =>
    // a line without any text would take no line
    createElement(Text, { wrap: 'truncate' }, line === '' ? ' ' : line),
);
