import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { PROJECT_LABEL } from '../deploy/pin-images.ts';
import { type ContainerSpec, podTemplateOf } from '../deploy/workload-images.ts';

/** Label of Pods that a daemon has made for one command; its value is the service's name. */
export const ONE_OFF_LABEL = 'devloop.dev/one-off';

/** A command that takes longer is ended by the cluster, whatever has become of who started it. */
const LONGEST_SECONDS = 24 * 3600;

export interface OneOffPod {
  readonly object: KubernetesObject;
  /** The container that the command is run in. */
  readonly container: string;
}

/** What a container of it has that is about serving, which the command does not. */
const OF_SERVING = ['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle', 'ports', 'command', 'args'];

/**
 * The Pod that a command of a service runs in: the pod template of its workload, with one container that waits for the
 * command. It has none of the template's labels, so that no Service leads to it and no controller takes it. Pure.
 *
 * @param workload as the cluster has it, so with the image that is live
 * @param isBuilt whether an image is the service's own
 */
export function oneOffPod(
  workload: KubernetesObject,
  names: { readonly pod: string; readonly service: string; readonly project: string },
  isBuilt: (image: string) => boolean,
): OneOffPod | undefined {
  const template = podTemplateOf(workload);
  const containers = template?.containers ?? [];
  const found = containers.find(({ image }) => image !== undefined && isBuilt(image)) ?? containers[0];
  if (template === undefined || found === undefined) return undefined;
  const kept = Object.entries(found).filter(([key]) => !OF_SERVING.includes(key));
  const container = { ...Object.fromEntries(kept), name: found.name, command: ['sleep', String(LONGEST_SECONDS)] };
  const { namespace } = workload.metadata;
  const { nodeName: _, ...spec } = structuredClone(template);
  return {
    container: found.name,
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: names.pod,
        ...(namespace === undefined ? {} : { namespace }),
        labels: { [PROJECT_LABEL]: names.project, [ONE_OFF_LABEL]: names.service },
      },
      spec: {
        ...spec,
        initContainers: [],
        containers: [container satisfies ContainerSpec],
        restartPolicy: 'Never',
        activeDeadlineSeconds: LONGEST_SECONDS,
        terminationGracePeriodSeconds: 0,
      },
    },
  };
}
