import type Docker from 'dockerode';
import type { SwapListener, SwappedContainer } from '../build/image-engine.ts';
import { containerEvents } from './engine-events.ts';

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
  const asked = {
    event: ['kill', 'die', 'start'],
    label: [`io.kubernetes.pod.uid=${container.podUid}`, `io.kubernetes.container.name=${container.name}`],
  };
  let courtesy: NodeJS.Timeout | undefined;
  let killing: Promise<void> | undefined;
  try {
    for await (const event of containerEvents(docker, asked, () => listener.watching(), signal)) {
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
  }
}
