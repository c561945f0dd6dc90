import type { Duplex } from 'node:stream';

/**
 * Joins two connections that may be half closed: what one side ends, the other is told of; where one breaks, the other is
 * broken. Resolves when both are closed.
 */
export async function splice(a: Duplex, b: Duplex): Promise<void> {
  const closed = [a, b].map((side) => new Promise<void>((resolve) => side.once('close', () => resolve())));
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.pipe(to);
    from.once('error', () => to.destroy());
    // Closed before its end: a reset.
    from.once('close', () => {
      if (!from.readableEnded) to.destroy();
    });
  }
  if (a.destroyed || b.destroyed) {
    a.destroy();
    b.destroy();
  }
  await Promise.all(closed);
}
