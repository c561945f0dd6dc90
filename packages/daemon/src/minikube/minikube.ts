import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DevloopError } from '@devloop/shared/errors/devloop-error';
import { execa } from 'execa';
import type { EngineAddress } from '../docker/engine-address.ts';

/** A profile of minikube: one cluster. */
export interface MinikubeProfile {
  readonly name: string;
  readonly driver: string;
  readonly runtime: string;
  /** PEM of the CA that this machine's minikube signs its clusters' certificates with, where it can be read. */
  readonly ca: string | undefined;
  /** `address:port` of the API servers, as inside the node. */
  readonly servers: readonly string[];
}

interface ProfileList {
  valid?: {
    Name: string;
    Config?: {
      Driver?: string;
      KubernetesConfig?: { ContainerRuntime?: string };
      Nodes?: { IP: string; Port: number; ControlPlane: boolean }[];
    };
  }[];
}

interface ProfileStatus {
  Host: string;
  Kubelet: string;
  APIServer: string;
}

/** minikube's profiles, or none where the command is not installed. Their state is not asked, which would be slow. */
export async function minikubeProfiles(signal: AbortSignal): Promise<MinikubeProfile[]> {
  const { exitCode, stdout } = await minikube(['profile', 'list', '--light', '--output', 'json'], signal);
  if (exitCode !== 0 || stdout.trim() === '') return [];
  const list = JSON.parse(stdout) as ProfileList;
  const ca = await readFile(path.join(minikubeHome(), 'ca.crt'), 'utf8').catch(() => undefined);
  return (list.valid ?? []).map(({ Name, Config }) => ({
    name: Name,
    driver: Config?.Driver ?? '',
    runtime: Config?.KubernetesConfig?.ContainerRuntime ?? '',
    ca,
    servers: (Config?.Nodes ?? []).filter((node) => node.ControlPlane).map((node) => `${node.IP}:${node.Port}`),
  }));
}

/** minikube's own folder, as its pkg/minikube/localpath finds it. */
function minikubeHome(): string {
  const named = process.env['MINIKUBE_HOME'];
  if (named === undefined || named === '') return path.join(os.homedir(), '.minikube');
  return path.basename(named) === '.minikube' ? named : path.join(named, '.minikube');
}

/** minikube's version without the `v`, or undefined where the command is not installed. */
export async function minikubeVersion(signal: AbortSignal): Promise<string | undefined> {
  const { exitCode, stdout } = await minikube(['version', '--short'], signal);
  return exitCode === 0 ? stdout.trim().replace(/^v/, '') : undefined;
}

/** What minikube says of a profile's parts; undefined where there is no such profile. */
export async function minikubeStatus(profile: string, signal: AbortSignal): Promise<ProfileStatus | undefined> {
  // The exit code tells which parts are down and is no failure of the command.
  const { stdout } = await minikube(['status', '--profile', profile, '--output', 'json'], signal);
  if (!/^\s*[[{]/.test(stdout)) return undefined;
  const status = JSON.parse(stdout) as ProfileStatus | ProfileStatus[]; // a list where there are several nodes
  return Array.isArray(status) ? status[0] : status;
}

/**
 * Asks minikube for the engine inside the node.
 *
 * @throws DevloopError `cluster/stopped` when the profile is not running; `engine/unavailable` when it has no Docker
 *   Engine (another container runtime, several nodes)
 */
export async function minikubeEngine(profile: MinikubeProfile, signal: AbortSignal): Promise<EngineAddress> {
  const answer = await minikube(['docker-env', '--profile', profile.name, '--shell', 'none'], signal);
  const env = parseEnvironment(answer.stdout);
  const host = env.get('DOCKER_HOST');
  if (answer.exitCode !== 0 || host === undefined) {
    const status = await minikubeStatus(profile.name, signal);
    if (status?.Host !== 'Running' || status.APIServer !== 'Running') {
      throw new DevloopError(
        'cluster/stopped',
        `minikube's cluster "${profile.name}" is not running (host: ${status?.Host ?? 'unknown'}).`,
        `Start it: minikube start${profile.name === 'minikube' ? '' : ` -p ${profile.name}`}`,
      );
    }
    throw noEngine(profile, `${answer.stdout}\n${answer.stderr}`);
  }
  if (host.startsWith('ssh:')) throw noEngine(profile, `docker-env answers with ${host}`);
  const certificates = env.get('DOCKER_CERT_PATH');
  const read = (name: string) => readFile(path.join(certificates ?? '', name), 'utf8');
  const tls =
    certificates === undefined
      ? undefined
      : { ca: await read('ca.pem'), cert: await read('cert.pem'), key: await read('key.pem') };
  return { host, tls, because: 'minikube docker-env' };
}

function noEngine(profile: MinikubeProfile, said: string): DevloopError {
  return new DevloopError(
    'engine/unavailable',
    `minikube's cluster "${profile.name}" has no Docker Engine to build in (driver ${profile.driver}, runtime ${profile.runtime}).`,
    `Make it with Docker as its runtime: minikube start${profile.name === 'minikube' ? '' : ` -p ${profile.name}`} --container-runtime=docker. Or give it a registry: minikube addons enable registry`,
    { evidence: said.split('\n').filter((line) => line.trim() !== '') },
  );
}

/** Reads `NAME=value` lines; a value may hold `=`. */
export function parseEnvironment(text: string): Map<string, string> {
  const pairs = text.split(/\r?\n/).flatMap((line): [string, string][] => {
    const equals = line.indexOf('=');
    return equals <= 0 ? [] : [[line.slice(0, equals), line.slice(equals + 1)]];
  });
  return new Map(pairs);
}

async function minikube(
  args: string[],
  signal: AbortSignal,
): Promise<{ exitCode: number | undefined; stdout: string; stderr: string }> {
  const result = await execa('minikube', args, { cancelSignal: signal, reject: false, stdin: 'ignore' });
  signal.throwIfAborted();
  return { exitCode: result.exitCode, stdout: result.stdout ?? '', stderr: result.stderr ?? '' };
}
