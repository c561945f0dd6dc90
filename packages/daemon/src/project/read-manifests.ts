import { readFile } from 'node:fs/promises';
import type { ConfigDiagnostic } from '@devloop/shared/config/config-diagnostic';
import { type Document, isMap, isNode, isScalar, type Node, parseAllDocuments, type Tags } from 'yaml';
import {
  diagnosticAt,
  positionAt,
  type SourceRange,
  unreadableFile,
  type YamlSource,
  yamlDiagnostics,
  yamlSource,
} from '../config/yaml-source.ts';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { renderManifests } from '../rendering/render-manifests.ts';
import type { RenderSource } from '../rendering/render-source.ts';
import type { ManifestFile } from './find-manifests.ts';
import type { Manifest } from './project.ts';

export interface ReadManifests {
  /** The file's text; empty where it was passed over. */
  readonly text: string;
  readonly manifests: readonly Manifest[];
  readonly diagnostics: readonly ConfigDiagnostic[];
}

/** Files of tools that borrow the form of a Kubernetes object: none of them can be applied. */
const OTHER_TOOLS_API =
  /^(skaffold|kustomize\.config\.k8s\.io|kind\.x-k8s\.io|k3d\.io|ctlptl\.dev|eksctl\.io|garden\.io|kubeadm\.k8s\.io|kubelet\.config\.k8s\.io|audit\.k8s\.io)\//;

/** Reads a file of manifests. One that went away since it was found holds none. */
export async function readManifestFile(found: ManifestFile): Promise<ReadManifests> {
  let text: string;
  try {
    text = await readFile(found.file, 'utf8');
  } catch (error) {
    const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return { text: '', manifests: [], diagnostics: isGone ? [] : [unreadableFile(found.file, error)] };
  }
  return found.isNamed || looksLikeManifests(text)
    ? parseManifests(found.file, text, { isNamed: found.isNamed })
    : { text: '', manifests: [], diagnostics: [] };
}

/** Has manifests rendered and reads them. They, and what is wrong with them, have no place but the file that stands for them. */
export async function readRenderedManifests(
  file: string,
  rendered: RenderSource,
  signal: AbortSignal,
): Promise<ReadManifests> {
  const outcome = await renderManifests(rendered, process.env, signal);
  const text = '';
  const place = { file, line: 1, column: 1, length: 1, source: '' };
  if (!outcome.ok) {
    const { message, hint } = outcome;
    return { text, manifests: [], diagnostics: [{ ...place, message, hint }] };
  }
  const { manifests, diagnostics } = parseManifests(file, outcome.text, { isNamed: true });
  return {
    text,
    manifests: manifests.map((manifest) => ({ ...manifest, line: place.line })),
    diagnostics: diagnostics.map(({ message, hint, line }) => ({
      ...place,
      message: `In line ${line} of what it is rendered to: ${message}`,
      hint,
    })),
  };
}

/** Whether a text has the keys of a Kubernetes object, so that a half-edited manifest still counts as one. */
export function looksLikeManifests(text: string): boolean {
  return (
    /^apiVersion\s*:|"apiVersion"\s*:/m.test(text) && /^(kind|metadata|spec)\s*:|"(kind|metadata|spec)"\s*:/m.test(text)
  );
}

/**
 * Reads the documents of a YAML or JSON text as Kubernetes objects. Empty documents are skipped, Lists are taken
 * apart. Scalars are read as kubectl reads them, by YAML 1.1: `0644` is octal, `yes` is true.
 *
 * @param options.isNamed whether documents of other tools are mistakes (see {@link ManifestFile.isNamed})
 */
export function parseManifests(file: string, text: string, options: { readonly isNamed: boolean }): ReadManifests {
  const source = yamlSource(file, text);
  const manifests: Manifest[] = [];
  const diagnostics: ConfigDiagnostic[] = [];
  const documents = parseAllDocuments(text, {
    prettyErrors: false,
    version: '1.1',
    customTags: asKubectlReads,
    logLevel: 'silent',
  });
  if (!Array.isArray(documents)) return { text, manifests, diagnostics };
  for (const document of documents) {
    const errors = yamlDiagnostics(source, document);
    if (errors.length > 0) diagnostics.push(...errors);
    else readDocument(document, source, options, manifests, diagnostics);
  }
  return { text, manifests, diagnostics };
}

/** kubectl's parser knows neither numbers of base 60 nor dates: `22:22` and `2026-01-01` are texts. */
function asKubectlReads(tags: Tags): Tags {
  return tags.filter(
    (tag) =>
      typeof tag === 'string' ||
      (tag.tag !== 'tag:yaml.org,2002:timestamp' && !('format' in tag && tag.format === 'TIME')),
  );
}

function readDocument(
  document: Document,
  source: YamlSource,
  options: { readonly isNamed: boolean },
  manifests: Manifest[],
  diagnostics: ConfigDiagnostic[],
): void {
  const node = document.contents;
  if (node === null || (isScalar(node) && node.value === null)) return;
  // through JSON, as kubectl sends it: what aliases share in YAML would change in several places at once
  const value: unknown = JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: -1 })));
  if (isForeign(value)) {
    if (options.isNamed) diagnostics.push(foreignFile(node, source, value));
    return;
  }
  if (!options.isNamed && hasNeitherMetadataNorSpec(value)) return;
  for (const item of unpackList(node, value, document)) {
    const diagnostic = objectProblem(item.node, item.value, source);
    if (diagnostic !== undefined) diagnostics.push(diagnostic);
    else {
      const line = positionAt(source, rangeOf(item.node).start).line;
      manifests.push({ object: item.value as KubernetesObject, file: source.file, line });
    }
  }
}

interface Item {
  readonly node: Node;
  readonly value: unknown;
}

/** `kind: List`, and typed lists as `kubectl get -o yaml` writes them; lists may hold lists. */
function unpackList(node: Node, value: unknown, document: Document): Item[] {
  const object = value as Partial<KubernetesObject> | null;
  const items = object?.['items'];
  if (typeof object?.kind !== 'string' || !object.kind.endsWith('List') || !Array.isArray(items))
    return [{ node, value }];
  return items.flatMap((item: unknown, index) => {
    const itemNode = isMap(node) ? node.getIn(['items', index], true) : undefined;
    return unpackList(isNode(itemNode) ? itemNode : node, item, document);
  });
}

function isForeign(value: unknown): value is { apiVersion: string; kind?: string } {
  if (typeof value !== 'object' || value === null) return false;
  const { apiVersion, kind } = value as { apiVersion?: unknown; kind?: unknown };
  if (typeof apiVersion !== 'string') return false;
  return OTHER_TOOLS_API.test(apiVersion) || (apiVersion === 'v1' && kind === 'Config');
}

/** So the configuration of some tool that devloop does not know, found and not named, stops nobody's work. */
function hasNeitherMetadataNorSpec(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return !('metadata' in value) && !('spec' in value) && !('items' in value);
}

function foreignFile(node: Node, source: YamlSource, value: { apiVersion: string; kind?: string }): ConfigDiagnostic {
  const isKustomize = value.apiVersion.startsWith('kustomize');
  return diagnosticAt(source, keyRange(node, 'apiVersion'), {
    message: `${value.kind ?? 'This'} of ${value.apiVersion} is not a Kubernetes object that can be applied.`,
    hint: isKustomize
      ? 'Name the folder instead, so that it is rendered: `manifests: [{ kustomize: <folder> }]`.'
      : 'Leave this file out of `manifests:`.',
  });
}

function objectProblem(node: Node, value: unknown, source: YamlSource): ConfigDiagnostic | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return diagnosticAt(source, rangeOf(node), {
      message: 'This document is not a Kubernetes object.',
      hint: 'An object is a mapping with `apiVersion`, `kind` and `metadata`. Several are separated by lines of `---`.',
    });
  }
  const { apiVersion, kind, metadata } = value as Record<string, unknown>;
  if (typeof apiVersion !== 'string' || apiVersion === '') {
    const hint = 'For example `apiVersion: apps/v1` for a Deployment, `apiVersion: v1` for a Service.';
    return missing(node, 'apiVersion', 'kind', source, hint);
  }
  if (typeof kind !== 'string' || kind === '') {
    return missing(node, 'kind', 'apiVersion', source, 'For example `kind: Deployment`.');
  }
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) {
    return missing(node, 'metadata', 'kind', source, 'An object needs a name: `metadata: { name: web }`.');
  }
  const { name, generateName } = metadata as Record<string, unknown>;
  if (typeof name === 'string' && name !== '') return undefined;
  const given = name === undefined || name === null ? undefined : String(name);
  return diagnosticAt(source, keyRange(node, 'metadata', 'name'), {
    message:
      given === undefined ? `${kind} has no \`metadata.name\`.` : `The name of ${kind} must be a text, not ${given}.`,
    hint:
      generateName !== undefined
        ? 'An object with `generateName` cannot be applied again and again: give it a `name`.'
        : given
          ? `Quote it: \`name: "${given}"\`.`
          : 'Give it one: `name: web` below `metadata:`.',
  });
}

function missing(node: Node, key: string, beside: string, source: YamlSource, hint: string): ConfigDiagnostic {
  const isThere = isMap(node) && node.has(key);
  return diagnosticAt(source, keyRange(node, isThere ? key : beside), {
    message: isThere ? `\`${key}\` of this object has no usable value.` : `This object has no \`${key}\`.`,
    hint,
  });
}

/** The key at a path below a mapping, or the nearest key above it that is there, or where the mapping starts. */
function keyRange(node: Node, ...path: string[]): SourceRange {
  let range: SourceRange | undefined;
  let inside: unknown = node;
  for (const step of path) {
    const pair = isMap(inside) ? inside.items.find(({ key }) => isScalar(key) && key.value === step) : undefined;
    if (pair === undefined) break;
    range = rangeOf(pair.key as Node);
    inside = pair.value;
  }
  if (range !== undefined) return range;
  const first = isMap(node) ? node.items[0]?.key : undefined;
  return rangeOf(isNode(first) ? first : node);
}

function rangeOf(node: Node): SourceRange {
  const [start, end] = node.range ?? [0, 1, 1];
  return { start, end };
}
