import {
  BuildSchema,
  ClusterSchema,
  ConfigSchema,
  ForwardSchema,
  HelmSchema,
  HookObjectSchema,
  HooksSchema,
  LogsSchema,
  PortObjectSchema,
  RegistryObjectSchema,
  RenderedManifestsSchema,
  ResourceSchema,
  ServiceSchema,
} from '@devloop/shared/config/config-schema';
import type { ConfigPath } from './config-problem.ts';
import { listWords } from './config-problem.ts';
import { bareWord, nearestWord } from './nearest-word.ts';

/** The mappings of `devloop.yaml` whose keys are fixed, by where they stand; `*` is a name or an index. */
const LEVELS = {
  '': { keys: Object.keys(ConfigSchema.shape), where: 'at the top level' },
  cluster: { keys: Object.keys(ClusterSchema.shape), where: 'under `cluster:`' },
  registry: { keys: Object.keys(RegistryObjectSchema.shape), where: 'under `registry:`' },
  logs: { keys: Object.keys(LogsSchema.shape), where: 'under `logs:`' },
  'manifests.*': { keys: Object.keys(RenderedManifestsSchema.shape), where: 'in an item of `manifests:`' },
  'manifests.*.helm': { keys: Object.keys(HelmSchema.shape), where: 'under `helm:`' },
  'services.*.manifests.*': {
    keys: Object.keys(RenderedManifestsSchema.shape),
    where: 'in an item of the service’s `manifests:`',
  },
  'services.*.manifests.*.helm': { keys: Object.keys(HelmSchema.shape), where: 'under `helm:`' },
  'services.*': { keys: Object.keys(ServiceSchema.shape), where: 'under the service’s name' },
  'services.*.build': { keys: Object.keys(BuildSchema.shape), where: 'under the service’s `build:`' },
  'services.*.hooks': { keys: Object.keys(HooksSchema.shape), where: 'under the service’s `hooks:`' },
  'services.*.hooks.*': { keys: Object.keys(HookObjectSchema.shape), where: 'in a hook' },
  'resources.*': { keys: Object.keys(ResourceSchema.shape), where: 'in an item of `resources:`' },
  'forwards.*': { keys: Object.keys(ForwardSchema.shape), where: 'in an item of `forwards:`' },
  'services.*.ports.*': { keys: Object.keys(PortObjectSchema.shape), where: 'in an item of the service’s `ports:`' },
} as const;

/** What people bring along from other tools. */
const FOREIGN_WORDS: Readonly<Record<string, string>> = {
  environment: 'env',
  deployment: 'manifests',
  k8s: 'manifests',
  yaml: 'manifests',
  name: 'project',
  timeout: 'readyTimeoutSeconds',
  strategy: 'rollout',
  portforward: 'ports',
  forward: 'ports',
  buildargs: 'args',
  cmd: 'command',
  run: 'command',
  workingdir: 'workdir',
  cwd: 'workdir',
  dir: 'context',
  path: 'context',
  folder: 'context',
  file: 'dockerfile',
  stage: 'target',
  kubecontext: 'context',
  localport: 'local',
  containerport: 'port',
  group: 'apiGroup',
  imagejsonpath: 'images',
  podreadiness: 'pods',
};

const BELONGS_IN_MANIFEST = ['replicas', 'volumes', 'resources', 'restart', 'networks', 'entrypoint', 'labels'];

/** The pattern of a path: service names, hook names and list indexes become `*`. */
export function pathPattern(path: ConfigPath): string {
  return path
    .map((step, depth) => {
      const named = depth === 1 && path[0] === 'services';
      const insideMap = depth === 3 && path[0] === 'services' && ['hooks', 'env'].includes(String(path[2]));
      const insideArgs = depth === 4 && path[2] === 'build' && path[3] === 'args';
      const insideSet = path[depth - 1] === 'set' && path[depth - 2] === 'helm';
      return typeof step === 'number' || named || insideMap || insideArgs || insideSet ? '*' : step;
    })
    .join('.');
}

/** What to say of a key that the mapping at `path` does not have. */
export function explainUnknownKey(path: ConfigPath, key: string): { message: string; hint: string } {
  const pattern = pathPattern(path);
  const level = LEVELS[pattern as keyof typeof LEVELS] ?? LEVELS[''];
  const message = `\`${key}\` is not a key ${level.where}.`;
  const keys: readonly string[] = level.keys;

  const sameBut = keys.find((known) => bareWord(known) === bareWord(key));
  if (sameBut !== undefined) return { message, hint: `Did you mean \`${sameBut}\`?` };
  const foreign = FOREIGN_WORDS[bareWord(key)];
  if (foreign !== undefined && keys.includes(foreign)) return { message, hint: `Did you mean \`${foreign}\`?` };

  const elsewhere = levelWith(key, pattern);
  if (elsewhere !== undefined) return { message, hint: `It belongs ${elsewhere}.` };
  const nearest = nearestWord(key, keys) ?? (key.length > 2 ? keys.find((known) => known.startsWith(key)) : undefined);
  if (nearest !== undefined) return { message, hint: `Did you mean \`${nearest}\`?` };
  if (BELONGS_IN_MANIFEST.includes(key)) return { message, hint: 'It belongs in the service’s Kubernetes manifest.' };
  const below = pattern === 'services.*' ? nearestWord(key, Object.keys(BuildSchema.shape)) : undefined;
  if (below !== undefined) return { message, hint: `Did you mean \`${below}\`? It belongs under \`build:\`.` };
  const foreignElsewhere = foreign === undefined ? undefined : levelWith(foreign, pattern);
  if (foreign !== undefined && foreignElsewhere !== undefined) {
    return { message, hint: `If \`${foreign}\` is meant: it belongs ${foreignElsewhere}.` };
  }
  return { message, hint: `What can be written there: ${listWords(keys, 'and')}.` };
}

function levelWith(key: string, exceptPattern: string): string | undefined {
  const candidates = Object.entries(LEVELS).filter(
    ([pattern, { keys }]) => pattern !== exceptPattern && (keys as readonly string[]).includes(key),
  );
  // the level just below is likelier than one far away: `context` under a service means that of `build:`
  const below = candidates.find(([pattern]) => exceptPattern !== '' && pattern.startsWith(`${exceptPattern}.`));
  const above = candidates.find(([pattern]) => pattern !== '' && exceptPattern.startsWith(`${pattern}.`));
  const [pattern, level] = below ?? above ?? candidates[0] ?? [];
  const parent = pattern?.split('.').at(-1);
  return below !== undefined && parent !== '*' ? `under \`${parent}:\`` : level?.where;
}
