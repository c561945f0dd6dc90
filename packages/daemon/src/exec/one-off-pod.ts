import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { PROJECT_LABEL } from '../deploy/pin-images.ts';
import { type ContainerSpec, podTemplateOf } from '../deploy/workload-images.ts';

/** Label of what a daemon has made for one command; its value is the service's name. */
export const ONE_OFF_LABEL = 'devloop.dev/one-off';

/** A command that takes longer is ended by the cluster, whatever has become of who started it. */
const LONGEST_SECONDS = 24 * 3600;

export interface OneOffPod {
  readonly object: KubernetesObject;
  /** ConfigMap with the program that holds the Pod, of the same name; undefined where it is held by the image's `sleep`. */
  readonly holder: KubernetesObject | undefined;
  /** The container that the command is run in. */
  readonly container: string;
}

/** What a container of it has that is about serving, which the command does not. */
const OF_SERVING = ['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle', 'ports', 'command', 'args'];

/** Volume, folder and file of the program that holds a Pod. */
const HOLDER = { volume: 'devloop-hold', folder: '/devloop-hold', file: 'hold' };

/**
 * The Pod that a command of a service runs in: the pod template of its workload, with one container that waits for the
 * command. It has none of the template's labels, so that no Service leads to it and no controller takes it. Pure.
 *
 * What holds it is brought along in a volume, so that the image needs to have nothing but the command. The command is no
 * entrypoint, which one would have to attach to: what it writes before that happens would be lost, or not be told apart
 * as output and errors.
 *
 * @param workload as the cluster has it, so with the image that is live
 * @param isOwn whether a container has the service's own image
 * @param hold the program that waits for ever, if there is one for the nodes
 */
export function oneOffPod(
  workload: KubernetesObject,
  names: { readonly pod: string; readonly service: string; readonly project: string },
  isOwn: (container: ContainerSpec) => boolean,
  hold: Buffer | undefined,
): OneOffPod | undefined {
  const template = podTemplateOf(workload);
  const containers = template?.containers ?? [];
  const found = containers.find(isOwn) ?? containers[0];
  if (template === undefined || found === undefined) return undefined;
  const { namespace } = workload.metadata;
  const metadata = {
    name: names.pod,
    ...(namespace === undefined ? {} : { namespace }),
    labels: { [PROJECT_LABEL]: names.project, [ONE_OFF_LABEL]: names.service },
  };
  const kept = Object.fromEntries(Object.entries(found).filter(([key]) => !OF_SERVING.includes(key)));
  const { nodeName: _, ...spec } = structuredClone(template);
  return {
    container: found.name,
    holder: hold && {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata,
      binaryData: { [HOLDER.file]: hold.toString('base64') },
    },
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata,
      spec: {
        ...spec,
        initContainers: [],
        containers: [
          hold === undefined
            ? { ...kept, name: found.name, command: ['sleep', String(LONGEST_SECONDS)] }
            : {
                ...kept,
                name: found.name,
                command: [`${HOLDER.folder}/${HOLDER.file}`],
                volumeMounts: [
                  ...(found['volumeMounts'] ?? []),
                  { name: HOLDER.volume, mountPath: HOLDER.folder, readOnly: true },
                ],
              },
        ] satisfies ContainerSpec[],
        ...(hold !== undefined && {
          volumes: [
            ...(template['volumes'] ?? []),
            { name: HOLDER.volume, configMap: { name: names.pod, defaultMode: 0o555 } },
          ],
        }),
        restartPolicy: 'Never',
        activeDeadlineSeconds: LONGEST_SECONDS,
        terminationGracePeriodSeconds: 0,
      },
    },
  };
}
