import type { ComposeProblem } from './compose-file.ts';
import { BUILD_KEYS, type KeyFate, SERVICE_KEYS } from './compose-keys.ts';
import type { ComposeContent } from './load-compose.ts';
import { objectName } from './service-names.ts';
import { type Fields, isFields, listOf, textOf } from './short-forms.ts';
import { gatewayHosts, isNoNewPrivileges, unsafeSysctls } from './to-container.ts';
import { reachableName, reachedAs } from './to-services.ts';

/** Told what stops the project, or what is other than compose has it. */
export type Tell = (problem: ComposeProblem, severity: 'error' | 'warning') => void;

interface Fated {
  readonly fates: Readonly<Record<string, KeyFate | undefined>>;
  /** What has these keys. */
  readonly whose: string;
  readonly at: readonly string[];
}

function tellFates(fields: Fields, { fates, whose, at }: Fated, tell: Tell): void {
  for (const key of Object.keys(fields)) {
    if (key.startsWith('x-')) continue;
    const path = [...at, key];
    const fate = fates[key];
    if (!(key in fates)) {
      tell({ path, message: `\`${key}\` is no key of a ${whose}.`, hint: 'Correct it, or take it away.' }, 'error');
    } else if (fate?.fate === 'refused') {
      const hint = `Take it away in a file that is laid over this one: \`${key}: !reset null\`.`;
      tell({ path, message: `\`${key}\` cannot be carried over: ${fate.how}.`, hint }, 'error');
    } else if (fate?.fate === 'left out') {
      tell(
        { path, message: `\`${key}\` is left out: ${fate.how}.`, hint: 'docs/compose.md has the whole table.' },
        'warning',
      );
    }
  }
}

/** Tells of every key of a service that is not simply carried over. */
export function checkKeys(name: string, service: Fields, tell: Tell): void {
  const at = ['services', name];
  tellFates(service, { fates: SERVICE_KEYS, whose: 'compose service', at }, tell);
  const { build } = service;
  if (isFields(build)) tellFates(build, { fates: BUILD_KEYS, whose: 'build', at: [...at, 'build'] }, tell);
  for (const option of listOf(service['security_opt']).map(String)) {
    if (isNoNewPrivileges(option)) continue;
    const message = `\`${option}\` is left out: only \`no-new-privileges\` is carried over.`;
    tell({ path: [...at, 'security_opt'], message, hint: 'docs/compose.md has the whole table.' }, 'warning');
  }
  for (const host of gatewayHosts(service['extra_hosts'])) {
    const message = `\`${host}=host-gateway\` is left out: a pod has no name for this machine that every cluster knows.`;
    tell(
      { path: [...at, 'extra_hosts'], message, hint: 'On minikube it is reached as host.minikube.internal.' },
      'warning',
    );
  }
  for (const sysctl of unsafeSysctls(service)) {
    const message = `\`${sysctl}\` is left out: a node runs no pod with it, unless its kubelet is told to.`;
    tell({ path: [...at, 'sysctls'], message, hint: 'docs/compose.md has the whole table.' }, 'warning');
  }
  if (service['image'] === undefined && service['build'] === undefined) {
    const message = `\`${name}\` has neither an image nor a build.`;
    tell({ path: at, message, hint: 'Give it `image:` or `build:`.' }, 'error');
  }
  for (const key of ['network_mode', 'pid', 'ipc']) {
    const value = textOf(service[key]);
    if (value === undefined || ['host', 'bridge', 'none', 'default', 'private', 'shareable'].includes(value)) continue;
    const message = `\`${key}: ${value}\` cannot be carried over: containers of different pods share nothing.`;
    tell({ path: [...at, key], message, hint: 'Reach the other service by its name.' }, 'error');
  }
}

/** Tells of names that others may go by and that there are not: whoever asks for `my_web` finds nothing. */
export function checkNames(name: string, service: Fields, content: ComposeContent, tell: Tell): void {
  const others = [...content.services].filter(([other]) => other !== name).map(([, one]) => one);
  const said = others.map(({ environment, command, entrypoint }) => JSON.stringify([environment, command, entrypoint]));
  const check = (given: string, reached: string | undefined, path: readonly string[]) => {
    if (reached === undefined || reached === given.toLowerCase()) return;
    const message = `Others reach \`${given}\` as \`${reached}\` only: a Service has no other characters than letters, digits and \`-\`.`;
    tell({ path, message, hint: `Write \`${reached}\` where it is asked for by name.` }, 'warning');
  };
  if (others.length === 0) return;
  check(name, objectName(name), ['services', name]);
  for (const { key, name: given } of reachedAs(service)) {
    // Many have a name for `docker ps` that nobody goes by.
    if (key !== 'networks' && !said.some((text) => text.includes(given))) continue;
    check(given, reachableName(given), ['services', name, key]);
  }
}
