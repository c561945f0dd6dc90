import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { liveness } from '../../packages/shared/src/protocol/service-state.ts';
import type { LogMessage } from '../../packages/shared/src/protocol/stream-message.ts';
import { type DevloopRig, unique } from '../rig/devloop-rig.ts';
import { freePort } from '../rig/free-port.ts';
import { plainRequest } from '../rig/http-answer.ts';
import type { Resource } from '../rig/kube-api.ts';
import { poll } from '../rig/poll.ts';
import type { System } from './systems.ts';

const UP_SECONDS = 300;
/** What a system may consist of, and what must not be left of it. */
const KINDS: readonly Resource[] = ['deployments', 'jobs', 'pods', 'services', 'persistentvolumeclaims'];

/** What one system did. Durations are in milliseconds. */
export interface SystemRun {
  readonly services: number;
  /** From `devloop up` in a folder that devloop has not seen, to all services live. */
  readonly readyMs: number;
  /** Services of which `devloop logs` has lines. */
  readonly logged: number;
  /** Objects that are there after `devloop down`. */
  readonly left: number;
  /** From the save to its first answer. */
  readonly editMs: number;
  /** The same for going back to the build before it; undefined: not done. */
  readonly backMs: number | undefined;
  /** Where it answered; undefined: it has no port. */
  readonly url: string | undefined;
}

/**
 * Runs a system as somebody does who has just come to its folder: up, looked at, edited, taken down.
 *
 * @param rig of the system's fixture; nothing of it runs yet
 * @throws Error saying what is not as it should be
 */
export async function runSystem(system: System, rig: DevloopRig): Promise<SystemRun> {
  const { page, edit } = system;
  for (const left of system.without) await rm(rig.file(left), { recursive: true });
  if (!existsSync(rig.file('devloop.yaml'))) await rig.useContext();
  const port = page.in === 'logs' ? 0 : await freePort();
  if (page.in === 'forward') rig.env[page.variable] = String(port);
  const begun = performance.now();
  await rig.devloop(['up', '-d', '--yes', '--timeout', String(UP_SECONDS)], { timeoutMs: (UP_SECONDS + 30) * 1000 });
  const readyMs = performance.now() - begun;

  const names = system.services ?? [path.basename(rig.folder)];
  await expectServices(names, rig);
  await expectObjects(system, rig);
  const url = await addressOf(system, names, port, rig);
  const shown = async (text: string) => {
    if (url === undefined) return await expectLogged(text, rig);
    const ask = async () => (await plainRequest(url)).body;
    await poll(ask, (answer) => answer.includes(text), { what: `${system.name} shows "${text}"` });
  };
  await shown(edit.text);
  const logged = await expectLogs(names, rig);

  const text = unique('edited');
  const saved = performance.now();
  await rig.edit(edit.file, (before) => before.replace(edit.text, text));
  await shown(text);
  const editMs = performance.now() - saved;
  await rig.devloop(['wait', '--live'], { timeoutMs: 130_000 });

  const backMs = system.hasWayBack ? await goBack(names[0] ?? '', () => shown(edit.text), rig) : undefined;
  await rig.devloop(['down', '--yes'], { timeoutMs: 180_000 });
  const left = await expectNothing(system, rig);
  return { services: names.length, logged, left, readyMs, editMs, backMs, url };
}

async function expectServices(names: readonly string[], rig: DevloopRig): Promise<void> {
  const { services } = await rig.status();
  const found = services.map((service) => `${service.name} ${liveness(service)}`).sort();
  const wanted = names.map((name) => `${name} live`).sort();
  if (found.join() !== wanted.join()) throw new Error(`Services are ${found.join(', ')}, not ${wanted.join(', ')}.`);
}

async function expectObjects({ objects, namespace }: System, rig: DevloopRig): Promise<void> {
  for (const [resource, wanted] of Object.entries(objects) as [Resource, number][]) {
    const found = await rig.kube.list(resource, namespace ?? rig.namespace);
    if (found.length !== wanted) throw new Error(`There are ${found.length} ${resource}, not ${wanted}.`);
  }
}

async function addressOf(
  { page }: System,
  names: readonly string[],
  port: number,
  rig: DevloopRig,
): Promise<string | undefined> {
  if (page.in === 'logs') return undefined;
  const service = page.service ?? names[0] ?? '';
  if (page.in === 'added-forward') {
    await rig.command({ type: 'add-forward', service, local: port, port: page.forward });
  }
  const through = page.in === 'node-port' ? 'node-port' : 'forward';
  const { urls } = await rig.service(service);
  const told = urls.find(
    (one) => one.through === through && (through === 'node-port' || one.url === `http://localhost:${port}`),
  );
  if (told === undefined)
    throw new Error(`devloop tells no address of ${service} by ${through}: ${JSON.stringify(urls)}`);
  return `${told.url}${page.path}`;
}

async function logsOf(rig: DevloopRig): Promise<string> {
  return (await rig.devloop(['logs'])).stdout;
}

/** Somebody has said it, and `devloop logs` has it. */
async function expectLogged(text: string, rig: DevloopRig): Promise<void> {
  await heard([aLine(`with "${text}"`, ({ lines }) => lines.some(([, line]) => line.includes(text)))], rig);
  const logs = await logsOf(rig);
  if (!logs.includes(text)) throw new Error(`devloop logs does not have "${text}":\n${logs}`);
}

/** Every service has said something, and `devloop logs` has it. */
async function expectLogs(names: readonly string[], rig: DevloopRig): Promise<number> {
  await heard(
    names.map((name) => aLine(`of ${name}`, ({ service }) => service === name)),
    rig,
  );
  const logs = await logsOf(rig);
  const logged = names.filter((name) => new RegExp(`^${name} `, 'm').test(logs));
  if (logged.length !== names.length) throw new Error(`devloop logs has lines of ${logged.join(', ')} only:\n${logs}`);
  return logged.length;
}

/** Waits in the daemon's own stream: a command that is asked again and again is a process each time. */
async function heard(wanted: readonly ((message: LogMessage) => boolean)[], rig: DevloopRig): Promise<void> {
  await using logs = await rig.logs('follow=1');
  for (const isWanted of wanted) await logs.find(isWanted);
}

type Lines = Extract<LogMessage, { type: 'lines' }>;

function aLine(which: string, isMeant: (message: Lines) => boolean): (message: LogMessage) => boolean {
  const predicate = (message: LogMessage) => message.type === 'lines' && isMeant(message);
  predicate.toString = () => `a line ${which}`;
  return predicate;
}

async function goBack(service: string, shown: () => Promise<void>, rig: DevloopRig): Promise<number> {
  const asked = performance.now();
  await rig.devloop(['rollback', service]);
  await shown();
  return performance.now() - asked;
}

/** Nothing is left of it, when the pods that are being ended have ended. */
async function expectNothing({ name, namespace }: System, rig: DevloopRig): Promise<number> {
  const left = async () => {
    const lists = await Promise.all(
      KINDS.map(async (resource) => {
        const found = await rig.kube.list(resource, namespace ?? rig.namespace);
        return found.map((object) => `${resource}/${object.metadata.name}`);
      }),
    );
    return lists.flat();
  };
  const found = await poll(left, (some) => some.length === 0, { what: `nothing is left of ${name}`, everyMs: 500 });
  return found.length;
}
