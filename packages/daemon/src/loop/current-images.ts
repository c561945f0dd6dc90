import { isSameImage } from '../deploy/image-reference.ts';
import type { ImagePin } from '../deploy/pin-images.ts';
import { imagesIn } from '../project/custom-kinds.ts';
import type { Manifest, ServiceSpec } from '../project/project.ts';

export interface CurrentImage {
  /** As pods name it. */
  readonly reference: string;
  readonly imageId: string;
  /** `sha256:…` of its manifest in the registry that it was pushed to; undefined where it went to none. */
  readonly digest: string | undefined;
}

/** The newest built image of every service, by service name. */
export class CurrentImages {
  readonly #images = new Map<string, CurrentImage>();

  set(service: string, image: CurrentImage): void {
    this.#images.set(service, image);
  }

  get(service: string): CurrentImage | undefined {
    return this.#images.get(service);
  }

  /** References of all of them. */
  get references(): ReadonlySet<string> {
    return new Set([...this.#images.values()].map((image) => image.reference));
  }

  /** Everything in it belongs to one engine; another engine has none of it. */
  clear(): void {
    this.#images.clear();
  }

  /** The services whose images these manifests of `of` name and which have none yet. */
  missing(manifests: readonly Manifest[], services: readonly ServiceSpec[], of: string): string[] {
    return this.#involved(manifests, services, of)
      .map((service) => service.name)
      .filter((name) => name !== of && !this.#images.has(name));
  }

  /** Pins for every image of these manifests of `of` that is built here. */
  pins(manifests: readonly Manifest[], services: readonly ServiceSpec[], of: string): (ImagePin & CurrentImage)[] {
    return this.#involved(manifests, services, of).flatMap((service) => {
      const image = this.#images.get(service.name);
      return image === undefined || service.build === undefined
        ? []
        : [{ ...image, image: service.build.image, env: service.env }];
    });
  }

  /** Of services that share an image only `of` itself counts, when it is one of them. */
  #involved(manifests: readonly Manifest[], services: readonly ServiceSpec[], of: string): ServiceSpec[] {
    const named = manifests.flatMap(imagesIn);
    const own = services.find((service) => service.name === of)?.build;
    return services.filter(
      ({ name, build }) =>
        build !== undefined &&
        named.some((image) => isSameImage(image, build.image)) &&
        (name === of || own === undefined || !isSameImage(own.image, build.image)),
    );
  }
}
