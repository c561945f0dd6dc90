import type net from 'node:net';
import process from 'node:process';
import type { NodeMessage, NodeRequest, NodeTask } from '../host/node-messages.ts';

/** @param listener of a port that is to be opened */
export type CarryOut = (task: NodeTask, listener: net.Server | undefined) => Promise<void> | void;

/** Tells the host that has started this process; resolves when that is said, or nobody is there to hear it. */
export async function tell(message: NodeMessage): Promise<void> {
  if (process.send === undefined) return;
  await new Promise((resolve) => process.send?.(message, undefined, {}, resolve));
}

/** Carries out what the host asks for, each task as it comes, until the host has gone or the signal comes. */
export async function serveHost(carryOut: CarryOut, signal: AbortSignal): Promise<void> {
  const answer = async ({ id, ...task }: NodeRequest, listener: net.Server | undefined) => {
    try {
      // at once: until it is taken over, the listener loses the connections that come
      await carryOut(task, listener);
      await tell({ type: 'answer', id });
    } catch (error) {
      await tell({ type: 'answer', id, error: error instanceof Error ? error.message : String(error) });
    }
  };
  process.on('message', answer);
  const over = Promise.withResolvers<void>();
  process.once('disconnect', over.resolve);
  signal.addEventListener('abort', () => over.resolve(), { once: true });
  if (!process.connected || signal.aborted) over.resolve();
  await over.promise;
  process.off('message', answer);
}
