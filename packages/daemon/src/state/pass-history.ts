import type { DaemonEvent } from '@devloop/shared/protocol/event';
import type { PassRecord } from '@devloop/shared/protocol/service-detail';

type ChangeSeen = Extract<DaemonEvent, { type: 'change-seen' }>;
type PassEnded = Extract<DaemonEvent, { type: 'pass-ended' }>;

/** What a pass is about: all changes since the one before it that was not given up for a newer one. */
export interface PassReason {
  readonly cause: ChangeSeen['cause'];
  /** The first few, relative to the project folder. */
  readonly paths: readonly string[];
  /** Whether there is a save among the changes that nobody has asked to act on yet. */
  readonly saved: boolean;
}

const KEPT_PASSES = 50;
const KEPT_DURATIONS = 20;
const NAMED_PATHS = 5;

/** Of several causes, the one that says most. */
const CAUSES: readonly ChangeSeen['cause'][] = ['files', 'manifests', 'config', 'asked', 'start', 'cluster'];

/** Both reasons as one. */
export function mergeReasons(earlier: PassReason | undefined, later: PassReason | undefined): PassReason | undefined {
  if (earlier === undefined || later === undefined) return earlier ?? later;
  return {
    cause: CAUSES.find((cause) => cause === earlier.cause || cause === later.cause) ?? later.cause,
    saved: earlier.saved || later.saved,
    paths: [...new Set([...earlier.paths, ...later.paths])].slice(0, NAMED_PATHS),
  };
}

/** The passes with one more, the newest first. */
export function withPass(
  passes: readonly PassRecord[],
  { revision, outcome, kind, times, image, failure }: PassEnded,
  reason: PassReason | undefined,
): readonly PassRecord[] {
  const record: PassRecord = {
    revision,
    outcome,
    kind,
    times,
    paths: [...(reason?.paths ?? [])],
    ...(image === undefined ? {} : { image }),
    ...(reason === undefined ? {} : { cause: reason.cause }),
    ...(failure === undefined ? {} : { failure }),
  };
  return [record, ...passes].slice(0, KEPT_PASSES);
}

/** The durations of the passes that became live with one more, the newest last. */
export function withDuration(
  durations: readonly number[],
  { noticedAt, readyAt }: PassEnded['times'],
): readonly number[] {
  return readyAt === undefined ? durations : [...durations, readyAt - noticedAt].slice(-KEPT_DURATIONS);
}
