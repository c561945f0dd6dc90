import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { renderDiagnostic } from '@devloop/shared/config/config-diagnostic';
import { isCompatible } from '@devloop/shared/protocol/protocol-version';
import { Hello } from '@devloop/shared/protocol/stream-message';
import { type RuntimePaths, runtimePaths } from '@devloop/shared/runtime-paths';
import type { RegistryAddress } from '../build/image-way.ts';
import { findConfig } from '../config/find-config.ts';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import type { DockerodeImageEngine } from '../docker/dockerode-image-engine.ts';
import { ApiClient } from '../kubernetes/api-client.ts';
import { type ClusterAddress, readKubeconfig } from '../kubernetes/kubeconfig.ts';
import { chooseWay } from '../link/choose-way.ts';
import { type LocalCluster, recogniseCluster } from '../link/local-cluster.ts';
import { nodeAddress } from '../link/node-address.ts';
import { type MinikubeProfile, minikubeProfiles, minikubeStatus, minikubeVersion } from '../minikube/minikube.ts';
import { loadProject } from '../project/load-project.ts';
import type { Project } from '../project/project.ts';
import { dockerCredentials } from '../registry/docker-credentials.ts';
import { registryHost } from '../registry/registry-address.ts';
import { sandboxLimits } from '../sandbox/sandbox-limits.ts';
import { type Finding, failed, fromError, ok, warning } from './finding.ts';
import {
  countWatches,
  gigabytes,
  judgeDisk,
  judgeDiskPressure,
  judgeKubernetes,
  judgeNode,
  judgeProfile,
  judgeRuntimes,
  judgeWatches,
} from './judge.ts';

export type { Finding } from './finding.ts';

/** How long one look may take: what does not answer by then is told as such, and the next look goes on. */
const LOOK_MS = 10_000;

/**
 * Looks at everything that devloop needs, one thing after another, and tells each finding at once. A look that fails
 * hides none of those after it; what depends on it says that it could not be looked at.
 *
 * @param folder where to look for a project; undefined: nowhere
 * @throws the signal's reason when it is aborted
 */
export async function* examine(folder: string | undefined, signal: AbortSignal): AsyncIterable<Finding> {
  yield judgeNode(process.versions.node);
  const { project, projectFolder, finding } = await examineProject(folder, signal);
  if (finding !== undefined) yield finding;
  signal.throwIfAborted();

  const profiles: MinikubeProfile[] = [];
  yield* guarded('minikube', signal, (within) => examineMinikube(profiles, within));

  const found: { address?: ClusterAddress; cluster?: LocalCluster } = {};
  yield* guarded('kubeconfig', signal, (within) => examineContext(project, profiles, found, within));

  let nodes: KubernetesObject[] | undefined;
  const { address, cluster } = found;
  if (address === undefined || cluster === undefined) {
    yield warning('API server', 'not looked at: no cluster is chosen that devloop may touch');
    yield warning('engine', 'not looked at: which engine it is depends on the cluster');
  } else {
    using api = new ApiClient(address);
    yield* guarded('API server', signal, async function* (within) {
      const { gitVersion } = await api.json<{ gitVersion: string }>('/version', { signal: within });
      yield judgeKubernetes(address.server, gitVersion);
      nodes = (await api.json<{ items: KubernetesObject[] }>('/api/v1/nodes', { signal: within })).items;
      yield judgeDiskPressure(nodes);
    });
    yield* guarded('engine', signal, (within) => examineEngine({ address, cluster, api }, nodes, project, within));
  }
  yield* guarded('sandbox', signal, (within) => examineSandbox(within));
  yield* guarded('file watches', signal, () => examineWatches());
  if (projectFolder !== undefined) {
    yield* guarded('daemon', signal, (within) => examineDaemon(projectFolder, within));
  }
}

/** Tells the findings of one look; an error, or time that runs out, is a finding too. */
async function* guarded(
  name: string,
  signal: AbortSignal,
  look: (signal: AbortSignal) => AsyncGenerator<Finding>,
): AsyncGenerator<Finding> {
  signal.throwIfAborted();
  const late = AbortSignal.timeout(LOOK_MS);
  const within = AbortSignal.any([signal, late]);
  const findings = look(within);
  // Not everything that is asked ends when it is told to.
  const over = Promise.withResolvers<never>();
  over.promise.catch(() => undefined);
  const end = () => over.reject(within.reason);
  within.addEventListener('abort', end, { once: true });
  try {
    for (;;) {
      const next = await Promise.race([findings.next(), over.promise]);
      if (next.done === true) return;
      yield next.value;
    }
  } catch (error) {
    signal.throwIfAborted();
    yield late.aborted
      ? failed(name, `no answer within ${LOOK_MS / 1000} s`, 'See whether it is well: minikube status')
      : fromError(name, error);
  } finally {
    within.removeEventListener('abort', end);
  }
}

async function examineProject(
  folder: string | undefined,
  signal: AbortSignal,
): Promise<{ project?: Project; projectFolder?: string; finding?: Finding }> {
  if (folder === undefined) return {};
  try {
    const file = await findConfig(folder);
    const projectFolder = path.dirname(file);
    const outcome = await loadProject(projectFolder, signal);
    if (!outcome.ok) {
      const problems = outcome.diagnostics.map((one) => renderDiagnostic(one, path.relative(projectFolder, one.file)));
      return { projectFolder, finding: failed('project', problems.join('\n'), `Mend ${file} at the places named.`) };
    }
    const { project } = outcome;
    const services = project.services.map((service) => service.name).join(', ');
    return { project, projectFolder, finding: ok('project', `${project.name} in ${projectFolder}: ${services}`) };
  } catch (error) {
    return { finding: fromError('project', error) };
  }
}

async function* examineMinikube(profiles: MinikubeProfile[], signal: AbortSignal): AsyncGenerator<Finding> {
  const version = await minikubeVersion(signal);
  if (version === undefined) {
    yield warning(
      'minikube',
      'the command is not installed, or does not work; other local clusters need none',
      'Install it: https://minikube.sigs.k8s.io/docs/start',
    );
    return;
  }
  profiles.push(...(await minikubeProfiles(signal)));
  if (profiles.length === 0) {
    yield warning('minikube', `${version}, without a cluster`, 'Make one: minikube start --container-runtime=docker');
    return;
  }
  yield ok('minikube', `${version}; profiles: ${profiles.map(({ name }) => name).join(', ')}`);
  for (const profile of profiles) yield judgeProfile(profile, await minikubeStatus(profile.name, signal));
}

async function* examineContext(
  project: Project | undefined,
  profiles: readonly MinikubeProfile[],
  found: { address?: ClusterAddress; cluster?: LocalCluster },
  signal: AbortSignal,
): AsyncGenerator<Finding> {
  const address = await readKubeconfig(project?.context, signal);
  found.cluster = recogniseCluster(address, profiles, project?.context !== undefined);
  found.address = address;
  const namespace = project?.namespace ?? address.namespace;
  yield ok('kubeconfig', `context ${address.context}, namespace ${namespace}: ${found.cluster.product}`);
}

async function* examineEngine(
  { address, cluster, api }: { address: ClusterAddress; cluster: LocalCluster; api: ApiClient },
  nodes: readonly KubernetesObject[] | undefined,
  project: Project | undefined,
  signal: AbortSignal,
): AsyncGenerator<Finding> {
  const reachedAt = nodeAddress(address.server, cluster.product, nodes ?? []);
  const registry = project?.registry;
  const chosen = await chooseWay({ cluster, nodes, api, registry, nodeAddress: reachedAt, env: process.env }, signal);
  await using engine = chosen.engine;
  const { version, builder, because } = engine.description;
  const detail = `${engine.description.address} (${because}), Docker ${version}, builder ${builder}`;
  yield builder === 'buildkit'
    ? ok('engine', detail)
    : warning('engine', `${detail}: it builds the slow way`, 'Update Docker to 19.03 or later, or minikube with it.');
  if (chosen.way.registry !== undefined) {
    yield await examineRegistry(chosen.way.registry, engine, signal).catch((error) => fromError('registry', error));
  } else {
    yield nodes === undefined
      ? warning('node runtime', 'not compared with the engine: the API server does not tell the nodes')
      : judgeRuntimes(version, nodes);
  }
  const { imageBytes, images, root } = await engine.storage(signal);
  yield judgeDisk(await diskOf(engine.description.address, root), `${images} images of ${gigabytes(imageBytes)}`);
}

/** Whether the engine gets through to the registry, and as whom. */
async function examineRegistry(
  { push, pull, because }: RegistryAddress,
  engine: DockerodeImageEngine,
  signal: AbortSignal,
): Promise<Finding> {
  const found = await dockerCredentials(registryHost(push), process.env, signal);
  const as = found === undefined ? 'without credentials' : `with the credentials of ${found.source}`;
  const failure = await engine.tryRegistry(push, found?.credentials);
  if (failure !== undefined) return failed('registry', `${failure.message} It was asked ${as}.`, failure.remedy);
  return ok('registry', `${push} (${because}) answers the engine ${as}; the nodes pull from ${pull}`);
}

/** The file system of an engine on this very machine; of one in a node, nothing tells. */
async function diskOf(address: string, root: string): Promise<{ used: number; size: number } | undefined> {
  if (!address.startsWith('unix://') || !existsSync(root)) return undefined;
  const { bsize, blocks, bavail } = await statfs(root);
  return { used: (blocks - bavail) * bsize, size: blocks * bsize };
}

async function* examineSandbox(signal: AbortSignal): AsyncGenerator<Finding> {
  const limits = await sandboxLimits(signal);
  yield limits === undefined
    ? ok('sandbox', 'devloop up --sandbox runs programs of every kind, in namespaces of their own')
    : warning('sandbox', limits.message, limits.remedy);
}

async function* examineWatches(): AsyncGenerator<Finding> {
  const limits = '/proc/sys/fs/inotify';
  if (!existsSync(limits)) {
    yield ok('file watches', `${process.platform} has no limit that is known here`);
    return;
  }
  const limit = (name: string) => Number(readFileSync(path.join(limits, name), 'utf8'));
  yield judgeWatches({
    maxWatches: limit('max_user_watches'),
    maxInstances: limit('max_user_instances'),
    ...countWatches(inotifyInstances()),
  });
}

/** The `fdinfo` of every inotify instance of this user's processes, as far as they may be looked at. */
function inotifyInstances(): string[] {
  const uid = os.userInfo().uid;
  return attempt(() => readdirSync('/proc'), [])
    .filter((pid) => /^\d+$/.test(pid) && attempt(() => statSync(`/proc/${pid}`).uid === uid, false))
    .flatMap((pid) =>
      attempt(() => readdirSync(`/proc/${pid}/fd`), [])
        .filter((fd) => attempt(() => readlinkSync(`/proc/${pid}/fd/${fd}`).includes('inotify'), false))
        .flatMap((fd) => attempt(() => [readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8')], [])),
    );
}

/** Processes end and files close while they are looked at; what cannot be read is not counted. */
function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

async function* examineDaemon(projectFolder: string, signal: AbortSignal): AsyncGenerator<Finding> {
  const paths = runtimePaths(projectFolder, {
    env: process.env,
    uid: os.userInfo().uid,
    temporaryFolder: os.tmpdir(),
    homeFolder: os.homedir(),
    platform: process.platform,
  });
  yield examineRuntimeFolder(paths);
  yield await examineHello(paths, signal);
}

/** Whether the runtime folder is there and private. */
export function examineRuntimeFolder({ folder, socket }: RuntimePaths): Finding {
  const name = 'runtime folder';
  const stats = statSync(folder, { throwIfNoEntry: false });
  const length = `socket path of ${Buffer.byteLength(socket)} bytes`;
  if (stats === undefined) return ok(name, `${folder} is made when the daemon starts; ${length}`);
  const isOwn = process.getuid === undefined || stats.uid === process.getuid();
  if (isOwn && (stats.mode & 0o077) === 0) return ok(name, `${folder} is private; ${length}`);
  return failed(
    name,
    `${folder} ${isOwn ? 'is open to other users' : 'belongs to another user'}, so that no daemon starts in it`,
    `Remove it: rm -r ${folder}`,
  );
}

/** Whether a daemon answers on the socket. */
export async function examineHello({ socket, lock, log }: RuntimePaths, signal: AbortSignal): Promise<Finding> {
  const name = 'daemon';
  const logFile = existsSync(log) ? `; its log: ${log}` : `; there is no log at ${log}`;
  let text: string;
  try {
    text = await ask(socket, '/v1/hello', signal);
  } catch (error) {
    signal.throwIfAborted();
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code !== 'ENOENT' && code !== 'ECONNREFUSED') {
      return failed(name, `${socket} does not answer: ${code || error}${logFile}`, 'End it: devloop stop');
    }
    return existsSync(lock)
      ? warning(name, `it does not run, and ended without clearing up${logFile}`, 'Start it again: devloop up')
      : ok(name, `it does not run${logFile}`);
  }
  const hello = Hello.safeParse(attempt(() => JSON.parse(text), undefined));
  if (!hello.success || !isCompatible(hello.data.protocol)) {
    return failed(
      name,
      `it runs in another version${logFile}`,
      'End it, then start this one: devloop stop, devloop up',
    );
  }
  return ok(name, `it runs as process ${hello.data.pid}, version ${hello.data.version}${logFile}`);
}

async function ask(socketPath: string, requestPath: string, signal: AbortSignal): Promise<string> {
  return await new Promise((resolve, reject) => {
    const request = http.get({ socketPath, path: requestPath, signal, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
      response.once('error', reject);
    });
    request.once('error', reject);
  });
}
