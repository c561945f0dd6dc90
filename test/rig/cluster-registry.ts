import { issueCertificates } from '../../packages/sandbox/src/api-server/certificates.ts';
import type { DevloopRig } from './devloop-rig.ts';
import { poll } from './poll.ts';

/** Who may use a registry that asks for somebody. */
export const REGISTRY_USER = { username: 'rig', password: 'sesame' };
/** The same for the registry: bcrypt, of the least cost. */
const HTPASSWD = 'rig:$2b$04$0QoSMxuMsQeEb8AnVZzlZuZsHuLPcJskpqD2EEEPiy34AMd.EX6Fq';

const NAME = 'rig-registry';
const CONTAINER_PORT = 5000;
const CONFIG = '/etc/docker/registry';

export interface RegistryOptions {
  /** Whether it asks for {@link REGISTRY_USER}. */
  readonly closed?: boolean;
  /** The name that its certificate is for, of an authority that nobody knows; absent: it speaks plain HTTP. */
  readonly certificateFor?: string;
}

function configOf({ closed = false, certificateFor }: RegistryOptions) {
  return {
    version: '0.1',
    storage: { filesystem: { rootdirectory: '/data' } },
    http: {
      addr: `:${CONTAINER_PORT}`,
      ...(certificateFor && { tls: { certificate: `${CONFIG}/cert.pem`, key: `${CONFIG}/key.pem` } }),
    },
    ...(closed ? { auth: { htpasswd: { realm: 'rig', path: `${CONFIG}/htpasswd` } } } : {}),
  };
}

/** A registry in a rig's namespace, on a port of the node. It ends with the namespace. */
export class ClusterRegistry {
  readonly #rig: DevloopRig;
  readonly port: number;

  private constructor(rig: DevloopRig, port: number) {
    this.#rig = rig;
    this.port = port;
  }

  static async start(rig: DevloopRig, options: RegistryOptions = {}): Promise<ClusterRegistry> {
    const labels = { app: NAME };
    const service = await rig.create('services', {
      metadata: { name: NAME },
      spec: { type: 'NodePort', selector: labels, ports: [{ port: CONTAINER_PORT }] },
    });
    const { certificateFor } = options;
    const certificates = certificateFor === undefined ? undefined : await issueCertificates([certificateFor]);
    await rig.create('secrets', {
      metadata: { name: NAME },
      stringData: {
        'config.yml': JSON.stringify(configOf(options)),
        htpasswd: HTPASSWD,
        ...(certificates && { 'cert.pem': certificates.serverCert, 'key.pem': certificates.serverKey }),
      },
    });
    await rig.create('pods', {
      metadata: { name: NAME, labels },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [
          {
            name: 'registry',
            image: 'registry:2',
            imagePullPolicy: 'Never',
            volumeMounts: [
              { name: 'data', mountPath: '/data' },
              { name: 'config', mountPath: CONFIG },
            ],
          },
        ],
        volumes: [
          { name: 'data', emptyDir: {} },
          { name: 'config', secret: { secretName: NAME } },
        ],
      },
    });
    const registry = new ClusterRegistry(rig, service.spec.ports[0].nodePort);
    await poll(
      () => registry.#ask('/v2/').catch(() => undefined),
      // asked over plain HTTP, one that speaks TLS answers too
      (answer) => answer?.status === (certificateFor === undefined ? 200 : 400),
      { what: 'the registry answers', timeoutMs: 120_000 },
    );
    return registry;
  }

  /** `host:port` at which it is reached in the cluster's network only. */
  async podAddress(): Promise<string> {
    const { status } = await this.#rig.object('pods', NAME);
    return `${status.podIP}:${CONTAINER_PORT}`;
  }

  /** The tags that it has of an image; none where it does not know the image. */
  async tags(image: string): Promise<string[]> {
    const { status, body } = await this.#ask(`/v2/${image}/tags/list`);
    if (status === 404) return [];
    return (JSON.parse(body) as { tags: string[] | null }).tags ?? [];
  }

  #ask(where: string) {
    const { username, password } = REGISTRY_USER;
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    return this.#rig.throughNodePort(this.port, where, { headers: { authorization } });
  }
}
