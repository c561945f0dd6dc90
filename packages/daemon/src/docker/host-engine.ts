import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import type { EngineAddress } from './engine-address.ts';

const DEFAULT_SOCKET = 'unix:///var/run/docker.sock';

/**
 * The engine that this machine's docker command speaks to: `DOCKER_HOST` with `DOCKER_CERT_PATH`, else the current
 * docker context, else the default socket.
 */
export async function hostEngine(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<EngineAddress> {
  const because = 'shared with this machine';
  const host = env['DOCKER_HOST'];
  const certificates = env['DOCKER_CERT_PATH'];
  if (host !== undefined && host !== '') {
    if (certificates === undefined || !host.startsWith('tcp:')) return { host, tls: undefined, because };
    const read = (name: string) => readFile(path.join(certificates, name), 'utf8');
    return {
      host,
      tls: { ca: await read('ca.pem'), cert: await read('cert.pem'), key: await read('key.pem') },
      because,
    };
  }
  const asked = await execa('docker', ['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'], {
    cancelSignal: signal,
    reject: false,
    stdin: 'ignore',
  });
  signal.throwIfAborted();
  const named = asked.exitCode === 0 ? asked.stdout.trim() : '';
  return { host: named === '' ? DEFAULT_SOCKET : named, tls: undefined, because };
}
