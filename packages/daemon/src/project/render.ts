import { stringify } from 'yaml';
import { imageReference } from '../build/fingerprint.ts';
import { applyOrder } from '../deploy/apply-order.ts';
import { isClusterScoped } from '../deploy/cluster-scoped.ts';
import { type ImagePin, pinObject } from '../deploy/pin-images.ts';
import { Source } from '../loop/source.ts';
import { imageIn } from '../registry/registry-address.ts';
import { ContextScanner } from '../watch/scan-context.ts';
import type { Project } from './project.ts';

/**
 * What would be applied, as YAML documents, with the images that the sources on the disk make. Needs no cluster: where
 * the config names no namespace, `default` stands for that of the context; a registry that only the cluster knows is left out.
 */
export async function renderProject(project: Project): Promise<string> {
  const scanner = new ContextScanner();
  const signal = new AbortController().signal;
  const pins: ImagePin[] = [];
  for (const { build, env } of project.services) {
    if (build === undefined) continue;
    const source = new Source(build, scanner);
    await source.readRules();
    const content = await source.read(signal);
    const name = project.registry === undefined ? build.image : imageIn(project.registry.pull, build.image);
    pins.push({ image: build.image, reference: imageReference(name, content.fingerprint), env });
  }
  const manifests = new Set([...project.manifests, ...project.services.flatMap((service) => service.manifests)]);
  const objects = [...manifests].map(
    ({ object, custom }) =>
      pinObject(object, {
        namespace: project.namespace ?? 'default',
        isNamespaced: !isClusterScoped(object),
        project: project.name,
        pins,
        places: custom?.images,
      }).object,
  );
  const users = [...manifests].flatMap(({ object, user }) =>
    user === undefined
      ? []
      : [`# ${object.kind} ${object.metadata.name}: runs as ${user}, by the numbers that its image has for that.`],
  );
  const swaps = project.services
    .filter((service) => service.build !== undefined && service.rollout !== 'rolling')
    .map(({ name, killAfterMs }) => {
      const how = killAfterMs === false ? 'its own grace period' : `${killAfterMs} ms, then SIGKILL`;
      return `# ${name}: new images are swapped into the running pod where only images changed; SIGTERM, ${how}.`;
    });
  const documents = applyOrder(objects).map((object) =>
    stringify(object, { lineWidth: 0, aliasDuplicateObjects: false }),
  );
  const remarks = [...swaps, ...users];
  return `${remarks.join('\n')}${remarks.length > 0 ? '\n' : ''}${documents.map((text) => `---\n${text}`).join('')}`;
}
