import type { ContainerDetail, PodCondition, PodDetail, PodEvent } from '@devloop/shared/protocol/service-detail';
import { formatAgo, formatLasting } from '../../wording/duration.ts';
import { plainText } from '../../wording/plain-text.ts';
import { plural } from '../../wording/plural.ts';
import { type Row, type Span, span } from '../paint/row.ts';

/** How many of a pod's newest events are shown. */
const SHOWN_EVENTS = 5;

const CONTENT_WORDS: Readonly<Record<ContainerDetail['content'], string>> = {
  newest: 'newest build',
  older: 'an older build',
  foreign: 'not built here',
};

/** A pod with what runs in it, the conditions that do not hold, and what Kubernetes says about it. */
export function podRows(pod: PodDetail, nowMs: number): Row[] {
  const { name, status, ready, restarts, newest, startedAt, node, ip } = pod;
  const facts = [
    ready ? 'ready' : 'not ready',
    plural(restarts, 'restart'),
    ...age('up', startedAt, nowMs),
    ...(newest ? [] : ['older content']),
    ...(node === undefined ? [] : [`node ${node}`]),
    ...(ip === undefined ? [] : [ip]),
  ];
  const tone = ready ? 'good' : 'bad';
  return [
    [span(ready ? '● ' : '▲ ', { tone }), span(name, { bold: true }), span(`  ${status}`, { tone }), facet(facts)],
    ...pod.containers.map((container) => containerRow(container, nowMs)),
    ...pod.conditions.filter(isTelling).map((condition) => conditionRow(condition, nowMs)),
    ...pod.events.slice(-SHOWN_EVENTS).map((event) => eventRow(event, nowMs)),
  ];
}

function containerRow(container: ContainerDetail, nowMs: number): Row {
  const { name, init, image, content, state, reason, exitCode, startedAt, restarts, ports } = container;
  const how = [
    state,
    ...(reason === undefined ? [] : [reason]),
    ...(exitCode === undefined ? [] : [`exit ${exitCode}`]),
  ];
  const isWell = state === 'running' || (init && exitCode === 0);
  const facts = [
    plainText(image),
    CONTENT_WORDS[content],
    ...age('since', startedAt, nowMs),
    ...(restarts === 0 ? [] : [plural(restarts, 'restart')]),
    ...ports.map(({ port, name: portName }) => `${portName === undefined ? '' : `${portName} `}${port}`),
  ];
  return [
    span(`    ${init ? 'init ' : ''}${name}  `),
    span(how.join(' '), { tone: isWell ? 'good' : 'bad' }),
    facet(facts),
  ];
}

/** True for a condition that is not as in a healthy pod. */
function isTelling({ type, status }: PodCondition): boolean {
  const isGoodWhenTrue =
    type === 'Ready' || type.endsWith('Ready') || type === 'Initialized' || type === 'PodScheduled';
  return isGoodWhenTrue ? status !== 'True' : status === 'True' && type !== 'PodReadyToStartContainers';
}

function conditionRow({ type, status, reason, message, since }: PodCondition, nowMs: number): Row {
  const why = [reason, message]
    .filter((part) => part !== undefined && part !== '')
    .map((part) => plainText(part ?? ''));
  return [span(`    ${type}: ${status}`, { tone: 'warning' }), facet([...why, ...age('for', since, nowMs)])];
}

function eventRow({ type, reason, message, count, lastAt }: PodEvent, nowMs: number): Row {
  const times = count > 1 ? ` ×${count}` : '';
  const when = lastAt === undefined ? '' : formatAgo(nowMs - Date.parse(lastAt));
  return [
    span(`    ${when.padEnd(11)} `, { tone: 'quiet' }),
    span(`${reason}${times}  `, type === 'Warning' ? { tone: 'warning' } : undefined),
    span(plainText(message), { tone: 'quiet' }),
  ];
}

function facet(facts: readonly string[]): Span {
  return span(facts.map((fact) => `  ${fact}`).join(''), { tone: 'quiet' });
}

function age(word: string, since: string | undefined, nowMs: number): string[] {
  return since === undefined ? [] : [`${word} ${formatLasting(nowMs - Date.parse(since))}`];
}
