import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DevloopError } from '@devloop/shared/errors/devloop-error';
import { z } from '@devloop/shared/zod';
import { execa } from 'execa';
import type { RegistryCredentials } from '../build/image-engine.ts';

/** The part of docker's config.json that is about credentials, as docker/cli's config/configfile has it. */
const DockerConfig = z.object({
  auths: z
    .record(
      z.string(),
      z.object({
        /** base64 of `username:password`. */
        auth: z.string().optional(),
        username: z.string().optional(),
        password: z.string().optional(),
        identitytoken: z.string().optional(),
        registrytoken: z.string().optional(),
      }),
    )
    .default({}),
  credHelpers: z.record(z.string(), z.string()).default({}),
  credsStore: z.string().optional(),
});
type Auth = z.infer<typeof DockerConfig>['auths'][string];

const HelperAnswer = z.object({ Username: z.string(), Secret: z.string() });

/** What a helper answers for a registry that it does not know: a constant of docker-credential-helpers. */
const NOT_FOUND = 'credentials not found in native keychain';
/** In place of a user: the secret is an identity token. */
const TOKEN_USER = '<token>';

const HUB_HOSTS = ['docker.io', 'index.docker.io', 'registry-1.docker.io'];
/** Docker Hub goes by this name for historical reasons. */
const HUB_SERVER = 'https://index.docker.io/v1/';

export interface FoundCredentials {
  readonly credentials: RegistryCredentials;
  /** For the user: the file, or the helper. */
  readonly source: string;
}

/**
 * The credentials that docker has for a registry: of the helper that its config names for it, else of its store, else
 * from the config itself; undefined where there are none.
 *
 * @param host `host[:port]`
 * @throws DevloopError `registry/credentials`
 */
export async function dockerCredentials(
  host: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<FoundCredentials | undefined> {
  const file = path.join(env['DOCKER_CONFIG'] || path.join(os.homedir(), '.docker'), 'config.json');
  const config = await readDockerConfig(file);
  if (config === undefined) return undefined;
  const server = HUB_HOSTS.includes(host) ? HUB_SERVER : host;
  const helper = config.credHelpers[server] ?? config.credsStore;
  if (helper !== undefined && helper !== '') return await askHelper(`docker-credential-${helper}`, server, env, signal);
  const auth =
    config.auths[server] ?? Object.entries(config.auths).find(([key]) => hostOf(key) === hostOf(server))?.[1];
  const credentials = auth && toCredentials(auth);
  return credentials && { credentials, source: file };
}

async function readDockerConfig(file: string): Promise<z.infer<typeof DockerConfig> | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw unreadable(`${file} cannot be read (${code}).`, `Make it readable: chmod u+r ${file}`, error);
  }
  try {
    return DockerConfig.parse(JSON.parse(text));
  } catch (error) {
    throw unreadable(`${file} is not what docker writes.`, `Mend it, or log in anew: mv ${file} ${file}.old`, error);
  }
}

async function askHelper(
  program: string,
  server: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<FoundCredentials | undefined> {
  const asked = await execa(program, ['get'], { input: server, env, cancelSignal: signal, reject: false });
  signal.throwIfAborted();
  if (asked.exitCode === undefined) {
    throw unreadable(
      `docker's config names ${program}, which cannot be run (${asked.code ?? asked.shortMessage}).`,
      'Install it on the PATH, or take `credsStore` and `credHelpers` out of ~/.docker/config.json and log in anew.',
      asked,
    );
  }
  if (asked.exitCode !== 0) {
    if (asked.stdout.trim() === NOT_FOUND) return undefined;
    throw unreadable(
      `${program} gave no credentials of ${server} (exit code ${asked.exitCode}).`,
      `Log in anew: docker login ${server}`,
      asked,
      [...asked.stdout.split('\n'), ...asked.stderr.split('\n')].filter((line) => line.trim() !== ''),
    );
  }
  const answer = HelperAnswer.safeParse(parseJson(asked.stdout));
  if (!answer.success) {
    throw unreadable(
      `${program} gave something else than credentials.`,
      `Try it: echo ${server} | ${program} get`,
      answer.error,
    );
  }
  const { Username, Secret } = answer.data;
  const credentials = Username === TOKEN_USER ? { identityToken: Secret } : { username: Username, password: Secret };
  return { credentials, source: program };
}

function toCredentials({ auth, username, password, identitytoken, registrytoken }: Auth) {
  const [, user, secret] = /^([^:]*):(.*?)\0*$/s.exec(Buffer.from(auth ?? '', 'base64').toString('utf8')) ?? [];
  const credentials: RegistryCredentials = {
    ...pick('username', user ?? username),
    ...pick('password', secret ?? password),
    ...pick('identityToken', identitytoken),
    ...pick('registryToken', registrytoken),
  };
  // With a store, docker leaves an empty entry of each registry.
  return Object.keys(credentials).length === 0 ? undefined : credentials;
}

function pick(key: keyof RegistryCredentials, value: string | undefined): RegistryCredentials {
  return value === undefined || value === '' ? {} : { [key]: value };
}

/** Keys of `auths` are hosts, or addresses of old: `https://registry.example.com/v1/`. */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, '').split('/', 1)[0] ?? '';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreadable(message: string, remedy: string, cause: unknown, evidence: readonly string[] = []): DevloopError {
  return new DevloopError('registry/credentials', message, remedy, { cause, evidence });
}
