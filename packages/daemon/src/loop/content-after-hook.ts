import { runHook } from '../hooks/run-hook.ts';
import type { ServiceSpec } from '../project/project.ts';
import type { ChangeDetector } from './change-detector.ts';
import type { HookOutputs } from './hook-outputs.ts';
import type { SourceContent } from './source.ts';

export interface HookRun {
  readonly spec: Pick<ServiceSpec, 'beforeBuild' | 'env'>;
  /** As the pass found it; undefined where it could not be read. */
  readonly content: SourceContent | undefined;
  readonly detector: ChangeDetector | undefined;
  readonly outputs: HookOutputs | undefined;
  /** Told of every run of the hook. */
  readonly onRun: (command: string) => void;
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void;
}

/** The source as it is once the beforeBuild hook, where there is one, has written into it. */
export async function contentAfterHook(
  { spec, content, detector, outputs, onRun, onLine }: HookRun,
  signal: AbortSignal,
): Promise<SourceContent | undefined> {
  const { beforeBuild, env } = spec;
  if (detector === undefined) return undefined;
  if (beforeBuild === undefined || outputs === undefined) return content ?? (await detector.read(signal));
  onRun(beforeBuild.command);
  for (;;) {
    const before = await detector.read(signal);
    const after = await detector.during(
      () => runHook('beforeBuild', beforeBuild, env, onLine, signal),
      // A hook that was superseded has a next run to come; one that failed waits for the user. Asked only of one that
      // failed: what is learned of a run is learned once.
      (content) => !signal.aborted && !outputs.ran(before.entries, content.entries),
    );
    signal.throwIfAborted();
    if (!outputs.ran(before.entries, after.entries)) return after;
  }
}
