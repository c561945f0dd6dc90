import { DevloopError } from '@devloop/shared/errors/devloop-error';
import { findUser, type ImageUser, USER_FILES } from '../build/image-users.ts';
import { isSameImage } from '../deploy/image-reference.ts';
import type { ImagePin } from '../deploy/pin-images.ts';
import { podTemplateOf } from '../deploy/workload-images.ts';
import type { ClusterSession } from '../link/cluster-session.ts';
import type { Manifest } from '../project/project.ts';

/** Answers that are kept: one for each image and user. */
const MOST_KNOWN = 64;

type Engine = Pick<ClusterSession['engine'], 'imageId' | 'imageFile'>;

/** Which numbers users have in images: Kubernetes takes users by number only. Belongs to one engine. */
export class ImageUsers {
  readonly #known = new Map<string, ImageUser | undefined>();

  /**
   * Manifests with the numbers of the users that they run as by name.
   *
   * @throws DevloopError `deploy/unknown-user` where an image is not there, or has no such user
   */
  async named(
    manifests: readonly Manifest[],
    pins: readonly ImagePin[],
    {
      engine,
      way,
      signal: ended,
    }: { engine: Engine; way: Pick<ClusterSession['way'], 'builtReference'>; signal: AbortSignal },
    superseded: AbortSignal,
  ): Promise<readonly Manifest[]> {
    const signal = AbortSignal.any([ended, superseded]);
    return await Promise.all(
      manifests.map(async (manifest) => {
        const { user } = manifest;
        if (user === undefined) return manifest;
        const object = structuredClone(manifest.object);
        for (const container of podTemplateOf(object)?.containers ?? []) {
          const { image = '' } = container;
          const pin = pins.find((one) => isSameImage(image, one.image));
          const reference = pin === undefined ? image : way.builtReference(pin.reference);
          const { uid, gid } = await this.#find(user, reference, engine, signal);
          container['securityContext'] = {
            ...container['securityContext'],
            runAsUser: uid,
            ...(gid === undefined ? {} : { runAsGroup: gid }),
          };
        }
        return { ...manifest, object };
      }),
    );
  }

  async #find(user: string, reference: string, engine: Engine, signal: AbortSignal): Promise<ImageUser> {
    const id = await engine.imageId(reference, signal);
    if (id === undefined) {
      throw new DevloopError(
        'deploy/unknown-user',
        `Which number the user ${user} has cannot be looked up: the engine does not have the image ${reference}.`,
        `Give the number in the compose file, \`user: "1000:1000"\`, or get the image: minikube ssh -- docker pull ${reference}`,
      );
    }
    const key = `${id} ${user}`;
    if (!this.#known.has(key)) {
      const [passwd, group] = await Promise.all([
        engine.imageFile(id, USER_FILES.passwd, signal),
        engine.imageFile(id, USER_FILES.group, signal),
      ]);
      const [oldest] = this.#known.keys();
      if (this.#known.size >= MOST_KNOWN && oldest !== undefined) this.#known.delete(oldest);
      this.#known.set(key, findUser(user, { passwd, group }));
    }
    const found = this.#known.get(key);
    if (found !== undefined) return found;
    throw new DevloopError(
      'deploy/unknown-user',
      `The image ${reference} has no user ${user} in ${USER_FILES.passwd}, or no such group in ${USER_FILES.group}.`,
      'Correct `user:` in the compose file, give its number, `user: "1000:1000"`, or make the user in the Dockerfile.',
    );
  }
}
