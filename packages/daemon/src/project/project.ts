import { dirname } from 'node:path';
import type { ConfigDiagnostic } from '@devloop/shared/config/config-diagnostic';
import type { WrittenPort } from '@devloop/shared/config/port-text';
import type { RegistryAddress } from '../build/image-way.ts';
import type { CustomKind } from '../deploy/custom-kind.ts';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';

/** A project folder as understood: config, manifests and Dockerfiles read, defaults decided, nothing left open. */
export interface Project {
  /** Value of the ownership label on everything devloop applies. */
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  /** As the config names it; undefined: the kubeconfig's current context. */
  readonly context: string | undefined;
  /** As the config names it; undefined: that of the context, or `default`. */
  readonly namespace: string | undefined;
  /** As the config names it. */
  readonly registry: RegistryAddress | undefined;
  /** How much of the disk the log of each service may take, in megabytes. */
  readonly logMegabytes: number;
  /** Dependencies before their dependants. */
  readonly services: readonly ServiceSpec[];
  /** Objects of project manifests that name no service's image. */
  readonly manifests: readonly Manifest[];
  /** Whether ports of services that name none are forwarded. */
  readonly choosePorts: boolean;
  /** Ports of objects that are no service's, whose name is `kind/name`. */
  readonly forwards: readonly (WrittenPort & { readonly to: string; readonly namespace?: string | undefined })[];
  /**
   * Absolute paths of the files and folders whose change can change this project: config, manifests, Dockerfiles, and
   * places where one of them was looked for in vain. A folder stands for the manifests directly in it; folders below it
   * that count are listed themselves. {@link isProjectInput} says whether a changed path is one of them.
   */
  readonly inputs: readonly string[];
}

export interface ServiceSpec {
  readonly name: string;
  readonly build: BuildSpec | undefined;
  /** Objects of this service's manifests, and workloads of other manifests that name its image. Never empty. */
  readonly manifests: readonly Manifest[];
  /** True when the manifests were made from the Dockerfile's EXPOSE because there are none. */
  readonly generated: boolean;
  readonly dependsOn: readonly string[];
  /** As the config says; undefined: swap where possible and there is one replica, else rolling. */
  readonly rollout: 'swap' | 'rolling' | undefined;
  /** Milliseconds a swapped container has to end on SIGTERM before it is killed; false: its own grace period. */
  readonly killAfterMs: number | false;
  readonly readyTimeoutMs: number;
  readonly beforeBuild: Hook | undefined;
  readonly afterReady: Hook | undefined;
  /** Undefined: those of its Services, if the project wants that. */
  readonly ports: readonly WrittenPort[] | undefined;
  readonly env: Readonly<Record<string, string>>;
}

export interface BuildSpec {
  /** Absolute. */
  readonly context: string;
  /** Absolute; may be outside the context. */
  readonly dockerfile: string;
  readonly target: string | undefined;
  readonly args: Readonly<Record<string, string>>;
  /** Image as the manifests name it, without tag and digest: `alexgiavaras/k8s_101_service_1`. */
  readonly image: string;
}

export interface Hook {
  readonly command: string;
  /** Absolute. */
  readonly workdir: string;
  /** Absolute. */
  readonly outputs: readonly string[];
}

export interface Manifest {
  /** As written, without namespace defaulting, image pinning or labels. */
  readonly object: KubernetesObject;
  /** Absolute path, or undefined for a generated one. */
  readonly file: string | undefined;
  /** 1-based line where its document begins. */
  readonly line: number;
  /** What its containers run as, by a name that only their image knows: `node`, `node:staff`. */
  readonly user?: string | undefined;
  /** What the config says of its kind, where that is not Kubernetes' own. */
  readonly custom?: CustomKind | undefined;
}

export type ProjectOutcome =
  | { readonly ok: true; readonly project: Project; readonly warnings: readonly ConfigDiagnostic[] }
  | {
      readonly ok: false;
      /** Those of devloop.yaml first, then by file and position; never empty. */
      readonly diagnostics: readonly ConfigDiagnostic[];
      /** As in {@link Project.inputs}, as far as known, so that a mended file is noticed. */
      readonly inputs: readonly string[];
    };

/** Endings of files that may hold manifests, or what they are rendered from. */
const MANIFEST_FILE = /\.(ya?ml|json|tpl)$/;

/** Whether a file or folder that changed, appeared or went away is a reason to load the project again. */
export function isProjectInput(inputs: ReadonlySet<string>, path: string): boolean {
  return inputs.has(path) || (MANIFEST_FILE.test(path) && inputs.has(dirname(path)));
}
