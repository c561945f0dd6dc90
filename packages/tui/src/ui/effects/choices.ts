import { DevloopError } from '@devloop/shared/errors/devloop-error';
import type { ServiceDetail } from '@devloop/shared/protocol/service-detail';
import { formatAgo } from '../../wording/duration.ts';
import type { Choice, Overlay } from '../app/overlay.ts';

type Choose = Extract<Overlay, { is: 'choose' }>;

/**
 * The earlier builds of a service that became live, the newest first, each once.
 *
 * @throws DevloopError `command/invalid` where there is none
 */
export function buildChoices({ service, passes }: ServiceDetail): Choose {
  const seen = new Set<string>();
  const choices: Choice[] = [];
  const [newest] = passes.filter(({ outcome, image }) => outcome === 'live' && image !== undefined);
  for (const { outcome, image, revision, times } of passes) {
    if (outcome !== 'live' || image === undefined || image === newest?.image || seen.has(image)) continue;
    seen.add(image);
    const intent = {
      is: 'command',
      command: { type: 'roll-back', service, image },
      done: `${service} goes back to #${revision}, until the next save.`,
    } as const;
    choices.push({ label: `#${revision}  ${formatAgo(Date.now() - times.endedAt)}  ${image}`, intent });
  }
  if (choices.length === 0) {
    throw new DevloopError('command/invalid', `There is no earlier build of ${service}.`, 'Save a change first');
  }
  return { is: 'choose', question: `Roll ${service} back to which build?`, choices, cursor: 0 };
}

/**
 * The containers of a service that run.
 *
 * @throws DevloopError `command/invalid` where there is none
 */
export function containerChoices({ service, pods }: ServiceDetail): Choose {
  const choices = pods.flatMap(({ name: pod, namespace, containers }) =>
    containers
      .filter(({ state, init }) => state === 'running' && !init)
      .map(({ name: container }): Choice => {
        const target = { service, namespace, pod, container };
        return { label: `${pod}  ${container}`, intent: { is: 'shell', target } };
      }),
  );
  if (choices.length === 0) {
    throw new DevloopError('command/invalid', `No container of ${service} runs.`, 'Its logs say why: l');
  }
  return { is: 'choose', question: 'Open a shell in which container?', choices, cursor: 0 };
}
