import type { Command } from '@devloop/shared/protocol/command';
import type { ServiceSnapshot } from '@devloop/shared/protocol/service-state';
import { textInput } from '../input/text-input.ts';
import type { ServiceAction } from './bindings.ts';
import { openLogs } from './logs-steps.ts';
import type { Choice } from './overlay.ts';
import { refuse, type Step, step, type UiView } from './step.ts';
import type { UiState } from './ui-state.ts';

/** What an action on a service comes to: a command, a question first, or the reason why not. */
export function serviceStep(state: UiState, action: ServiceAction, service: ServiceSnapshot, view: UiView): Step {
  const { name } = service;
  switch (action) {
    case 'show-logs':
      return step(openLogs({ ...state, selected: name }, name, view));
    case 'rebuild':
      return command(state, { type: 'rebuild-service', service: name }, `${name} is built again.`);
    case 'restart':
      return command(state, { type: 'restart-service', service: name }, `${name} is restarted.`);
    case 'pause':
      return service.paused
        ? command(state, { type: 'resume', services: [name] }, `${name} goes on: saves go live again.`)
        : command(state, { type: 'pause', services: [name] }, `${name} is paused: saves wait until it is resumed.`);
    case 'shell':
      return step(state, { is: 'ask-container', service: name });
    case 'roll-back':
      return step(state, { is: 'ask-build', service: name });
    case 'scale-up':
    case 'scale-down':
      return scaleBy(state, service, action === 'scale-up' ? 1 : -1);
    case 'scale':
      return prompt(state, `How many replicas of ${name}?`, 'replicas', name, String(service.replicas.wanted));
    case 'forward':
      return prompt(state, `Forward to ${name}, LOCAL:PORT or PORT`, 'forward', name, suggestedForward(service));
    case 'remove-forward':
      return removeForward(state, service);
    case 'delete-pod':
      return deletePod(state, service);
    case 'open-url':
      return withUrl(state, service, 'Open which address?', (url) => ({ is: 'open-url', url }));
    case 'copy-url':
      return withUrl(state, service, 'Copy which address?', (url) => ({ is: 'copy', text: url, what: url }));
  }
}

/** The command that sets the number of replicas. */
export function scaleIntent(service: string, replicas: number): Choice['intent'] {
  const done = `${service}: ${replicas} ${replicas === 1 ? 'replica is' : 'replicas are'} wanted now.`;
  return { is: 'command', command: { type: 'scale-service', service, replicas }, done };
}

function command(state: UiState, asked: Command, done: string): Step {
  return step(state, { is: 'command', command: asked, done });
}

function prompt(state: UiState, question: string, is: 'replicas' | 'forward', service: string, text: string): Step {
  const overlay = { is: 'prompt', question, for: { is, service }, input: textInput(text), problem: '' } as const;
  return step({ ...state, overlay });
}

function scaleBy(state: UiState, { name, replicas }: ServiceSnapshot, by: number): Step {
  const wanted = replicas.wanted + by;
  if (wanted < 0) return refuse(state, `${name} has no replica left to remove.`, 'Add one with +');
  return step(state, scaleIntent(name, wanted));
}

function suggestedForward({ forwards }: ServiceSnapshot): string {
  const first = forwards.find(({ chosen }) => chosen !== true); // whoever had a say in it may want to change it
  return first === undefined ? '' : `${first.local}:${first.port}`;
}

function removeForward(state: UiState, { name, forwards }: ServiceSnapshot): Step {
  const choices = forwards.map(({ local, port }): Choice => {
    const done = `localhost:${local} is no longer forwarded.`;
    return {
      label: `localhost:${local} → ${port}`,
      intent: { is: 'command', command: { type: 'remove-forward', service: name, local }, done },
    };
  });
  if (choices.length === 0) return refuse(state, `${name} has no forwarded port.`, 'Forward one with f');
  return choose(state, `Remove which forward of ${name}?`, choices);
}

function deletePod(state: UiState, { name, pods }: ServiceSnapshot): Step {
  const choices = pods.map(({ name: pod, namespace, status }): Choice => {
    const intent = {
      is: 'command',
      command: { type: 'delete-pod', service: name, namespace, pod },
      done: `${pod} is deleted; another takes its place.`,
    } as const;
    return { label: `${pod}  ${status}`, intent };
  });
  if (choices.length === 0) return refuse(state, `${name} has no pod.`, 'Wait until it is live, or rebuild it with r');
  return choose(state, `Delete which pod of ${name}?`, choices);
}

function withUrl(
  state: UiState,
  { name, urls }: ServiceSnapshot,
  question: string,
  intent: (url: string) => Choice['intent'],
): Step {
  const [first, ...more] = urls;
  if (first === undefined) {
    return refuse(state, `${name} has no address that this machine reaches.`, 'Forward one of its ports with f');
  }
  if (more.length === 0) return step(state, intent(first.url));
  return choose(
    state,
    question,
    urls.map(({ url, through }) => ({ label: `${url}  ${through}`, intent: intent(url) })),
  );
}

function choose(state: UiState, question: string, choices: readonly Choice[]): Step {
  return step({ ...state, overlay: { is: 'choose', question, choices, cursor: 0 } });
}
