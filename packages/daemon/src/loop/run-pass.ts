import path from 'node:path';
import { DevloopError, type ErrorReport } from '@devloop/shared/errors/devloop-error';
import type { DaemonEvent } from '@devloop/shared/protocol/event';
import type { RolloutKind } from '@devloop/shared/protocol/service-state';
import type { AppliedNow, Deployer } from '../deploy/deployer.ts';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { withReplicas } from '../deploy/replicas.ts';
import type { ClusterSession } from '../link/cluster-session.ts';
import { deployHold, hasBeenLive } from '../plan/next-step.ts';
import type { StartTurns } from '../plan/start-turns.ts';
import type { ServiceSpec } from '../project/project.ts';
import type { SwapHistory } from '../rollout/swap-history.ts';
import { isTracked, type Workload } from '../rollout/workload-status.ts';
import type { EventLog } from '../state/event-log.ts';
import { instant } from '../support/instant.ts';
import type { TaskSet } from '../support/task-set.ts';
import { bringImage, buildImage } from './build-image.ts';
import type { ChangeDetector } from './change-detector.ts';
import { contentAfterHook } from './content-after-hook.ts';
import type { CurrentImage, CurrentImages } from './current-images.ts';
import type { HookOutputs } from './hook-outputs.ts';
import type { ImageUsers } from './name-users.ts';
import type { PassReporter } from './pass-reporter.ts';
import { rollOut } from './roll-out.ts';
import type { SourceContent } from './source.ts';

/** What a pass works with. */
export interface PassContext {
  readonly log: EventLog;
  readonly session: ClusterSession;
  readonly deployer: Deployer;
  readonly images: CurrentImages;
  readonly history: SwapHistory;
  readonly users: ImageUsers;
  readonly startTurns: StartTurns;
  /** All services of the project, dependencies first. */
  readonly services: readonly ServiceSpec[];
  readonly project: string;
  /** Resolves when the objects that belong to no service are in the cluster. */
  readonly sharedApplied: Promise<void>;
  /** Owns what goes on after the pass. */
  readonly tasks: TaskSet;
}

/** What one pass is about. */
export interface Pass {
  readonly spec: ServiceSpec;
  readonly content: SourceContent | undefined;
  readonly detector: ChangeDetector | undefined;
  readonly outputs: HookOutputs | undefined;
  readonly reporter: PassReporter;
  /** See `buildImage`. */
  readonly salt: string;
  /** Apply also what is unchanged. */
  readonly anyway: boolean;
  /** Image of an earlier build that is to serve instead of one of the content. */
  readonly rolledBackTo: string | undefined;
  /** How many replicas its workloads are to have instead of what their manifests say. */
  readonly replicas: number | undefined;
  /** What applying is for, in words. */
  readonly applying: string;
  /** Told of a workload as it is going to be, before its pods' images are exchanged. */
  readonly onSwapping: (workload: Workload) => void;
  /** Told of the workloads when they have been applied, whatever becomes of them. */
  readonly onApplied: (workloads: readonly Workload[]) => void;
  /** Aborted by newer content. Ends a build or a wait, never an apply in flight. */
  readonly superseded: AbortSignal;
}

export type PassOutcome =
  | {
      readonly ok: true;
      readonly kind: RolloutKind;
      readonly image: string | undefined;
      /** What the user should know of how it is live. */
      readonly note?: string;
    }
  | {
      readonly ok: false;
      readonly kind: RolloutKind;
      readonly failure: ErrorReport;
      /** What was applied, if it came to that: it may come right by itself. */
      readonly image: string | undefined;
    };

/**
 * THE line that a save travels: hook → hash → build → push → wait until it may be deployed → apply → roll out. The only
 * place where the order is spelled.
 *
 * @throws `superseded`'s reason; DevloopError of any room
 */
export async function runPass(pass: Pass, context: PassContext): Promise<PassOutcome> {
  const { spec, reporter, superseded } = pass;
  const { session, images, services } = context;
  const signal = AbortSignal.any([superseded, session.signal]);

  if (pass.rolledBackTo !== undefined) {
    const earlier = await earlierImage(pass.rolledBackTo, session, signal);
    const brought = await bringImage(earlier, { session, reporter, signal });
    if (!brought.ok) return { ...brought, kind: 'none', image: undefined };
    images.set(spec.name, brought.image);
  } else {
    const content = await contentAfterHook(
      {
        ...pass,
        onRun: (command) => reporter.phase('hook', command),
        onLine: (line, stream) =>
          reporter.event({ type: 'output', service: spec.name, source: 'beforeBuild', stream, line }),
      },
      signal,
    );
    reporter.times.hashedAt = instant();

    if (spec.build !== undefined && content !== undefined) {
      const rank = services.findIndex((service) => service.name === spec.name);
      const { build } = spec;
      const built = await buildImage({ ...pass, ...context, build, content, rank, signal });
      if (!built.ok) return { ...built, kind: 'none', image: undefined };
      images.set(spec.name, built.image);
    }
  }
  superseded.throwIfAborted();
  await mayDeploy(pass, context, signal);
  using turn = await turnToStart(pass, context, signal);

  reporter.phase('apply', pass.applying);
  const manifests = withReplicas(spec.manifests, pass.replicas);
  const pins = images.pins(manifests, services, spec.name);
  const applied = await context.deployer.deploy(
    {
      manifests: await context.users.named(manifests, pins, session, superseded),
      pins,
      maySwap: (object) => maySwap(object, spec.rollout),
      anyway: pass.anyway,
    },
    (one) => reporter.event(appliedEvent(spec.name, one, session.namespace)),
    session.signal,
  );
  return await rollOut(applied, pins, pass, context, () => turn?.[Symbol.dispose]());
}

/** @throws DevloopError `command/refused` when the engine has it no more */
async function earlierImage(
  podReference: string,
  { engine, way }: ClusterSession,
  signal: AbortSignal,
): Promise<CurrentImage> {
  const reference = way.builtReference(podReference);
  const imageId = await engine.imageId(reference, signal);
  if (imageId !== undefined) return { reference, imageId, digest: undefined };
  throw new DevloopError(
    'command/refused',
    `The earlier build ${reference} is no longer in the engine.`,
    'Save, or build what is there: devloop rebuild',
  );
}

/** Waits for what must be before anything is applied: a quiet disk, live dependencies, the images of others. */
async function mayDeploy({ spec, detector, reporter }: Pass, context: PassContext, signal: AbortSignal): Promise<void> {
  await detector?.settled(signal);
  reporter.times.settledAt = instant();
  await context.sharedApplied;
  await context.log.until((state) => {
    const dependencies = deployHold(state, spec.dependsOn);
    const images = context.images.missing(spec.manifests, context.services, spec.name);
    const hold = dependencies ?? (images.length > 0 ? { reason: 'waiting-for-image' as const, on: images } : undefined);
    if (hold === undefined) return true;
    reporter.phase('held', 'waiting', hold);
    return undefined;
  }, signal);
}

/** Waits until it may start containers; undefined for what has been live, which takes the place of its like. */
async function turnToStart(
  { spec, reporter }: Pass,
  { log, services, startTurns }: PassContext,
  signal: AbortSignal,
): Promise<Disposable | undefined> {
  if (hasBeenLive(log.state, spec.name)) return undefined;
  const rank = services.findIndex(({ name }) => name === spec.name);
  return await startTurns.take(rank, signal, (before) => {
    reporter.phase('held', 'waiting', { reason: 'waiting-for-turn', before });
  });
}

/** Whether an object that changes only in images is left to {@link rollOut}, which knows the kinds that it follows only. */
export function maySwap(object: KubernetesObject, rollout: ServiceSpec['rollout']): boolean {
  return isTracked(object) && rollout !== 'rolling' && (rollout === 'swap' || isSingle(object));
}

function isSingle(object: KubernetesObject): boolean {
  return object.kind === 'Pod' || (object['spec']?.replicas ?? 1) === 1;
}

/** The event that tells what was applied. */
export function appliedEvent(service: string | undefined, applied: AppliedNow, projectNamespace: string): DaemonEvent {
  const { kind, metadata } = applied.object;
  const { namespace, name } = metadata;
  const elsewhere = namespace !== undefined && namespace !== projectNamespace;
  const object = `${kind}/${name}${elsewhere ? ` in ${namespace}` : ''}`;
  const because = applied.because === undefined ? {} : { because: applied.because };
  return {
    type: 'object-applied',
    ...(service === undefined ? {} : { service }),
    object,
    action: applied.action,
    ...because,
  };
}

/** Outputs that a hook declares, as paths inside the context with `/`; those outside of it are never seen. */
export function declaredOutputs(spec: ServiceSpec): string[] {
  const { build, beforeBuild } = spec;
  if (build === undefined || beforeBuild === undefined) return [];
  return beforeBuild.outputs
    .map((output) => path.relative(build.context, output).split(path.sep).join('/'))
    .filter((relative) => relative !== '' && !relative.startsWith('..'));
}
