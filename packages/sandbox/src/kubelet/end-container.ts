import type { ContainerEngine } from '../ports/container-engine.ts';
import type { ContainerRun } from './container-slot.ts';
import { type HandlerTarget, runHandler } from './handlers.ts';
import type { TellEvent } from './image-puller.ts';
import type { Container, Handler } from './pod-spec.ts';
import { ignoreRefusal } from './start-container.ts';

/** What the kubelet keeps of a log as the last words: `MaxContainerTerminationMessageLogLength` and `…Lines`. */
const LAST_WORDS = { bytes: 2048, lines: 80 };

/**
 * Ends a container: the Event, its preStop hook, the stop signal, and SIGKILL when its time is over;
 * pkg/kubelet/kuberuntime killContainer.
 *
 * @param grace in seconds; `least` is what is left to the container however long its hook took
 */
export async function killContainer(
  target: HandlerTarget,
  preStop: Handler | undefined,
  grace: { readonly seconds: number; readonly least: number; readonly message: string },
  tell: TellEvent,
  signal: AbortSignal,
): Promise<void> {
  const { engine, containerId } = target;
  tell('Normal', 'Killing', grace.message);
  let left = grace.seconds;
  if (preStop !== undefined && left > 0) {
    const begin = performance.now();
    const { ok, output } = await runHandler(preStop, target, left * 1000, signal);
    if (!ok && !signal.aborted) tell('Warning', 'FailedPreStopHook', `PreStopHook failed: ${output}`);
    left -= Math.floor((performance.now() - begin) / 1000);
  }
  await engine.stop(containerId, Math.max(left, grace.least)).catch(ignoreRefusal);
}

/** The end of the log of a container that failed, where it asks for that as its message. */
export async function lastWords(
  container: Container,
  run: ContainerRun,
  engine: ContainerEngine,
): Promise<string | undefined> {
  if (container.terminationMessagePolicy !== 'FallbackToLogsOnError' || run.state.exitCode === 0) return undefined;
  let text = '';
  const wanted = { follow: false, last: LAST_WORDS.lines, signal: new AbortController().signal };
  for await (const records of engine.logs(run.id, wanted)) {
    text = (text + Buffer.concat(records.map(({ bytes }) => bytes)).toString('utf8')).slice(-LAST_WORDS.bytes);
  }
  return text
    .split('\n')
    .slice(-LAST_WORDS.lines - 1)
    .join('\n');
}
