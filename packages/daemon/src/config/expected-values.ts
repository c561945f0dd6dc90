import { pathPattern } from './config-keys.ts';
import type { ConfigPath } from './config-problem.ts';

/** What a value is meant to be, as a noun phrase for “must be …”, and how one is written. */
export interface Expectation {
  readonly meaning: string;
  readonly example: string;
}

const NAME = 'a name of lower-case letters, digits and "-", at most 63 characters, that starts and ends with a letter';
const HOOK = {
  meaning: 'a command, or a mapping with `command`, `workdir` and `outputs`',
  example: 'npm run generate',
};
const TEXT_VALUE = { meaning: 'a text, a number or true/false', example: 'LOG_LEVEL: debug' };
const FILES = {
  meaning: 'a list of files, folders, globs, kustomizations and charts',
  example: 'manifests: [k8s/web.yaml, { kustomize: overlays/dev }]',
};
const MANIFESTS_ITEM = {
  meaning: 'a file, folder or glob, or a mapping with either `kustomize` or `helm`',
  example: 'manifests: [k8s/web.yaml, { kustomize: overlays/dev }]',
};
const VALUES_FILE = { meaning: 'a file of values', example: 'values: [values.dev.yaml]' };
/** Of an item of `manifests:`, wherever that list stands. */
const RENDERED = {
  kustomize: { meaning: 'a folder with a kustomization.yaml', example: 'kustomize: overlays/dev' },
  helm: {
    meaning: 'a mapping with `chart`, `release`, `values` and `set`',
    example: 'helm: { chart: chart, values: values.dev.yaml }',
  },
  'helm.chart': { meaning: 'the folder of a chart', example: 'chart: ./chart' },
  'helm.release': { meaning: `${NAME} or digit`, example: 'release: shop' },
  'helm.values': { meaning: 'a file of values, or a list of them', example: 'values: [values.dev.yaml]' },
  'helm.values.*': VALUES_FILE,
  'helm.set': { meaning: 'a mapping from paths to values', example: 'set: { image.tag: dev }' },
  'helm.set.*': { ...TEXT_VALUE, example: 'image.tag: dev' },
};
const COMPOSE_FILE = { meaning: 'a compose file', example: 'compose: [compose.yaml, dev.yaml]' };
const REGISTRY = {
  meaning: 'host:port or a host name, perhaps with a path, without http://',
  example: 'push: 192.168.49.2:5000',
};

/** Keyed as {@link pathPattern} writes paths. */
const EXPECTATIONS: Readonly<Record<string, Expectation>> = {
  '': { meaning: 'a mapping that starts with `services:`', example: 'services: { web: {} }' },
  project: { meaning: `${NAME} or digit`, example: 'project: shop' },
  cluster: { meaning: 'a mapping with `context` and `namespace`', example: 'cluster: { namespace: shop }' },
  'cluster.context': { meaning: 'the name of a kubeconfig context', example: 'context: minikube' },
  'cluster.namespace': { meaning: `${NAME} or digit`, example: 'namespace: shop' },
  registry: {
    meaning: 'the address of a registry, or a mapping with `push` and `pull`',
    example: 'registry: localhost:5000',
  },
  'registry.push': REGISTRY,
  'registry.pull': { ...REGISTRY, example: 'pull: localhost:5000' },
  logs: { meaning: 'a mapping with `megabytes`', example: 'logs: { megabytes: 50 }' },
  'logs.megabytes': { meaning: 'a whole number of megabytes, 1 to 100000', example: 'megabytes: 50' },
  services: { meaning: 'a mapping from names to services', example: 'services: { web: {} }' },
  'services.*': {
    meaning: 'a mapping with `build`, `manifests`, `ports` and so on, or nothing',
    example: 'web: { ports: [8080] }',
  },
  'services.*.build': {
    meaning: 'a folder, false, or a mapping with `context`, `dockerfile`, `target`, `args` and `image`',
    example: 'build: ./web',
  },
  'services.*.build.context': { meaning: 'a folder', example: 'context: ./web' },
  'services.*.build.dockerfile': { meaning: 'a file, relative to the context', example: 'dockerfile: Dockerfile.dev' },
  'services.*.build.target': { meaning: 'the name of a stage of the Dockerfile', example: 'target: dev' },
  'services.*.build.args': { meaning: 'a mapping of build arguments', example: 'args: { VERSION: "1.2" }' },
  'services.*.build.args.*': { ...TEXT_VALUE, example: 'VERSION: "1.2"' },
  'services.*.build.image': { meaning: 'an image name as the manifests write it', example: 'image: acme/web' },
  'services.*.manifests': FILES,
  'services.*.manifests.*': MANIFESTS_ITEM,
  ...below('services.*.manifests.*', RENDERED),
  'services.*.dependsOn': { meaning: 'a list of names of services', example: 'dependsOn: [database]' },
  'services.*.dependsOn.*': { meaning: 'the name of a service', example: 'dependsOn: [database]' },
  'services.*.rollout': { meaning: '`swap` or `rolling`', example: 'rollout: rolling' },
  'services.*.killAfterMs': {
    meaning: 'false or a whole number of milliseconds from 0 to 30000',
    example: 'killAfterMs: 500',
  },
  'services.*.readyTimeoutSeconds': {
    meaning: 'a whole number of seconds from 1 to 3600',
    example: 'readyTimeoutSeconds: 120',
  },
  'services.*.hooks': {
    meaning: 'a mapping with `beforeBuild` and `afterReady`',
    example: 'hooks: { beforeBuild: npm run generate }',
  },
  'services.*.hooks.*': HOOK,
  'services.*.hooks.*.command': { meaning: 'a shell command', example: 'command: npm run generate' },
  'services.*.hooks.*.workdir': { meaning: 'a folder, relative to devloop.yaml', example: 'workdir: ./web' },
  'services.*.hooks.*.outputs': { meaning: 'a list of files and folders', example: 'outputs: [web/generated]' },
  'services.*.hooks.*.outputs.*': { meaning: 'a file or folder', example: 'outputs: [web/generated]' },
  'services.*.ports': { meaning: 'a list of ports', example: 'ports: [8080, "9000:80"]' },
  'services.*.ports.*': {
    meaning: 'a port from 1 to 65535, "local:port", or a mapping with `local` and `port`',
    example: 'ports: [8080, "9000:80", "9001:http"]',
  },
  'services.*.ports.*.address': { meaning: 'an IP address of this machine', example: 'address: 0.0.0.0' },
  'services.*.ports.*.local': { meaning: 'a port from 1 to 65535', example: '{ local: 9000, port: 80 }' },
  'services.*.ports.*.port': {
    meaning: 'a port from 1 to 65535, or the name of a container port',
    example: '{ local: 9000, port: http }',
  },
  'services.*.env': { meaning: 'a mapping of environment variables', example: 'env: { LOG_LEVEL: debug }' },
  'services.*.env.*': TEXT_VALUE,
  compose: {
    meaning: 'a compose file, a list of them, or a mapping with `files`, `profiles` and `volumes`',
    example: 'compose: docker-compose.yml',
  },
  'compose.*': COMPOSE_FILE,
  'compose.files': { meaning: 'a compose file, or a list of them', example: 'files: [compose.yaml, dev.yaml]' },
  'compose.files.*': COMPOSE_FILE,
  'compose.profiles': { meaning: 'a list of names of profiles', example: 'profiles: [debug]' },
  'compose.profiles.*': { meaning: 'the name of a profile', example: 'profiles: [debug]' },
  'compose.volumes': { meaning: '`claims` or `empty`', example: 'volumes: empty' },
  resources: {
    meaning: 'a list of kinds of custom resources',
    example: 'resources: [{ kind: Rollout, apiGroup: argoproj.io, images: ["spec.image"] }]',
  },
  'resources.*': {
    meaning: 'a mapping with `kind`, `apiGroup`, `images` and `pods`',
    example: '{ kind: Rollout, apiGroup: argoproj.io, images: ["spec.image"] }',
  },
  'resources.*.kind': { meaning: 'a kind as the manifests write it', example: 'kind: Rollout' },
  'resources.*.apiGroup': {
    meaning: 'what stands before the slash in the `apiVersion` of a custom resource',
    example: 'apiGroup: argoproj.io',
  },
  'resources.*.images': {
    meaning: 'a list of places of images',
    example: 'images: ["spec.template.spec.containers[*].image"]',
  },
  'resources.*.images.*': {
    meaning: 'fields with dots between, with `[*]` for all of a list or `[0]` for one of it',
    example: 'images: ["spec.template.spec.containers[*].image"]',
  },
  'resources.*.pods': { meaning: 'true or false', example: 'pods: false' },
  choosePorts: { meaning: 'true or false', example: 'choosePorts: false' },
  forwards: { meaning: 'a list of forwards', example: 'forwards: [{ to: service/redis, local: 6379, port: 6379 }]' },
  'forwards.*': {
    meaning: 'a mapping with `to`, `local` and `port`',
    example: '{ to: service/redis, local: 6379, port: 6379 }',
  },
  'forwards.*.to': { meaning: 'kind/name of an object in the cluster', example: 'to: service/redis' },
  'forwards.*.namespace': { meaning: 'the name of a namespace', example: 'namespace: data' },
  'forwards.*.local': { meaning: 'a port from 1 to 65535', example: 'local: 6379' },
  'forwards.*.port': { meaning: 'a port from 1 to 65535, or its name', example: 'port: 6379' },
  'forwards.*.address': { meaning: 'an IP address of this machine', example: 'address: 0.0.0.0' },
  manifests: FILES,
  'manifests.*': MANIFESTS_ITEM,
  ...below('manifests.*', RENDERED),
};

function below(pattern: string, expectations: Readonly<Record<string, Expectation>>): Record<string, Expectation> {
  return Object.fromEntries(Object.entries(expectations).map(([key, words]) => [`${pattern}.${key}`, words]));
}

/** What the value at `path` is meant to be. */
export function expectationAt(path: ConfigPath): Expectation {
  return EXPECTATIONS[pathPattern(path)] ?? { meaning: 'something else', example: 'see devloop.schema.json' };
}

/** The patterns that have words, for the test that holds them against the schema. */
export const EXPECTED_PATTERNS: readonly string[] = Object.keys(EXPECTATIONS);
