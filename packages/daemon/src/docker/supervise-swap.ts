import type Docker from 'dockerode';
import type { SwapListener, SwappedContainer } from '../build/image-engine.ts';
import { linesOf } from '../support/text-lines.ts';

/** One message of the engine's `/events`: moby's api/types/events.Message, the fields read here. */
interface EngineEvent {
  Action: string;
  Actor: { ID: string; Attributes: Record<string, string> };
  timeNano: number;
}

const SIGKILL = '9';

/**
 * See `ImageEngine.superviseSwap`. The engine's own events say exactly when the kubelet has asked the container to
 * stop (after its preStop hook), so the kill can never come first and be mistaken for a crash.
 */
export async function superviseSwap(
  docker: Docker,
  container: SwappedContainer,
  listener: SwapListener,
  signal: AbortSignal,
): Promise<number> {
  const controller = new AbortController();
  const stream = await docker.getEvents({
    filters: {
      type: ['container'],
      event: ['kill', 'die', 'start'],
      label: [`io.kubernetes.pod.uid=${container.podUid}`, `io.kubernetes.container.name=${container.name}`],
    },
    abortSignal: AbortSignal.any([signal, controller.signal]),
  });
  stream.on('error', () => undefined); // told by the reading below; an abort before it must not be unhandled
  let courtesy: NodeJS.Timeout | undefined;
  let killing: Promise<void> | undefined;
  try {
    listener.watching();
    for await (const line of linesOf(stream as unknown as AsyncIterable<Uint8Array>)) {
      const event = JSON.parse(line) as EngineEvent;
      if (event.Action === 'start') return event.timeNano / 1e6;
      if (event.Action === 'die') {
        clearTimeout(courtesy);
        listener.ended();
      }
      if (event.Action === 'kill' && event.Actor.Attributes['signal'] !== SIGKILL && container.killAfterMs !== false) {
        courtesy ??= setTimeout(() => {
          // It may end by itself in this very moment (404, 409): then there is nothing to kill.
          killing = docker
            .getContainer(event.Actor.ID)
            .kill({ signal: 'SIGKILL' })
            .then(
              () => undefined,
              () => undefined,
            );
        }, container.killAfterMs);
      }
    }
    throw new Error('the engine ended its stream of events');
  } finally {
    clearTimeout(courtesy);
    await killing;
    controller.abort();
  }
}
