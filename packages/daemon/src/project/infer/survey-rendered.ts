import path from 'node:path';
import { KUSTOMIZATION_FILES } from '../../config/paths-on-disk.ts';
import { renderInputs } from '../../rendering/render-inputs.ts';
import { renderManifests } from '../../rendering/render-manifests.ts';
import type { RenderSource } from '../../rendering/render-source.ts';
import { toRenderSource } from '../find-manifests.ts';
import { flowYaml } from './flow-yaml.ts';

/** Folder names of overlays, the likeliest for a cluster on one's own machine first. */
const DEVELOPMENT = ['dev', 'development', 'local', 'minikube'];

/** A kustomization or chart that is no part of another. Paths are relative to the project folder. */
export interface FoundRendering {
  readonly folder: string;
  readonly tool: RenderSource['tool'];
  /** As devloop.yaml says it: `{ kustomize: overlays/dev }`. */
  readonly entry: string;
  /** Those that could be taken instead. */
  readonly alternatives: readonly string[];
  /** What it is rendered to, or why it is not. */
  readonly outcome: { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: string };
  /** The files that it and its alternatives are made of; a chart's are no manifests anyway. */
  readonly parts: readonly string[];
}

/**
 * Has the kustomizations and charts of a folder rendered: of several overlays one, the one for development where a name
 * tells it.
 *
 * @param files all of the folder, relative to it
 */
export async function surveyRendered(
  root: string,
  files: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<FoundRendering[]> {
  const foldersWith = (names: readonly string[]) =>
    files.filter((file) => names.includes(path.basename(file))).map((file) => path.dirname(file));
  const charts = foldersWith(['Chart.yaml']);
  const isBelow = (folder: string, other: string) =>
    folder !== other && (other === '.' || folder.startsWith(`${other}/`));
  const outer = charts.filter((chart) => !charts.some((other) => isBelow(chart, other)));
  const kustomizations = await kustomizationRoots(root, foldersWith(KUSTOMIZATION_FILES));
  const [overlay, ...others] = kustomizations.toSorted((a, b) => preference(a) - preference(b));
  const found: FoundRendering[] = [];
  if (overlay !== undefined) {
    const source = { tool: 'kustomize', folder: path.join(root, overlay) } as const;
    const ofOthers = others.map((other) => renderInputs({ tool: 'kustomize', folder: path.join(root, other) }));
    const parts = (await Promise.all([renderInputs(source), ...ofOthers])).flat();
    found.push({
      folder: overlay,
      tool: 'kustomize',
      entry: flowYaml({ kustomize: overlay }),
      alternatives: others,
      outcome: await render(source, env, signal),
      parts: parts.map((part) => path.relative(root, part)),
    });
  }
  for (const chart of outer) {
    const source = toRenderSource(root, { helm: { chart, values: [], set: {} } }, undefined);
    found.push({
      folder: chart,
      tool: 'helm',
      entry: flowYaml({ helm: { chart } }),
      alternatives: [],
      // Whoever has both deploys the same by either.
      outcome:
        overlay === undefined
          ? await render(source, env, signal)
          : { ok: false, why: `the kustomization ${overlay} was taken.` },
      parts: [],
    });
  }
  return found;
}

async function render(
  source: RenderSource,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<FoundRendering['outcome']> {
  const outcome = await renderManifests(source, env, signal);
  return outcome.ok ? outcome : { ok: false, why: `${outcome.message} ${outcome.hint}` };
}

/** Those that no other is made of. */
async function kustomizationRoots(root: string, folders: readonly string[]): Promise<string[]> {
  const inputs = await Promise.all(
    folders.map((folder) => renderInputs({ tool: 'kustomize', folder: path.join(root, folder) })),
  );
  return folders.filter((folder, index) => {
    const isPart = (input: string) => KUSTOMIZATION_FILES.some((name) => input === path.join(root, folder, name));
    return !inputs.some((all, other) => other !== index && all.some(isPart));
  });
}

function preference(folder: string): number {
  const place = DEVELOPMENT.indexOf(path.basename(folder));
  return place === -1 ? DEVELOPMENT.length : place;
}
