import { type Fields, isFields, listOf, secondsOf, textOf } from './short-forms.ts';

/** compose-spec: how often a container is asked that says nothing of it, and how long an answer may take. */
const INTERVAL_SECONDS = 30;
const TIMEOUT_SECONDS = 30;
const RETRIES = 3;
/** While it starts it is asked so often: nobody waits half a minute to see a save. */
const START_INTERVAL_SECONDS = 1;

/**
 * A health check as the probe of a container's start: asked each second until it is healthy, for as long as compose would
 * give it. What comes later is not looked at: compose does nothing about it either, and a readiness probe at compose's
 * interval of half a minute would hold every save back for as long.
 *
 * @returns undefined where there is none
 */
export function toProbes(healthcheck: unknown): Fields | undefined {
  if (!isFields(healthcheck) || healthcheck['disable'] === true) return undefined;
  const command = commandOf(healthcheck['test']);
  if (command === undefined) return undefined;
  const seconds = (key: string, fallback: number) => secondsOf(healthcheck[key]) ?? fallback;
  const interval = whole(seconds('interval', INTERVAL_SECONDS));
  const retries = Math.max(1, Number(textOf(healthcheck['retries']) ?? RETRIES));
  const startInterval = whole(seconds('start_interval', START_INTERVAL_SECONDS));
  const start = seconds('start_period', 0) + interval * retries;
  return {
    startupProbe: {
      exec: { command },
      timeoutSeconds: whole(seconds('timeout', TIMEOUT_SECONDS)),
      periodSeconds: startInterval,
      failureThreshold: Math.ceil(start / startInterval),
    },
  };
}

function commandOf(test: unknown): string[] | undefined {
  if (typeof test === 'string') return ['sh', '-c', test];
  const [kind, ...words] = listOf(test).map(String);
  if (kind === 'CMD') return words;
  return kind === 'CMD-SHELL' ? ['sh', '-c', words.join(' ')] : undefined;
}

/** Kubernetes counts in whole seconds, and no fewer than one. */
function whole(seconds: number): number {
  return Math.max(1, Math.round(seconds));
}
