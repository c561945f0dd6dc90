import type { ConfigDiagnostic } from '@devloop/shared/config/config-diagnostic';
import { type Document, isMap, isNode, isPair, isScalar, isSeq, type Node, parseDocument, visit } from 'yaml';
import { diagnosticAt, isSyntaxError, type YamlSource, yamlDiagnostics, yamlSource } from '../config/yaml-source.ts';
import { InterpolationError, interpolate } from './interpolate.ts';
import { type Fields, isFields } from './short-forms.ts';

/** Something that compose files say and that is refused, or carried over otherwise than it was meant. */
export interface ComposeProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly hint: string;
}

/** One compose file, read: its values with variables put in, and where everything stands. */
export interface ComposeFile {
  readonly source: YamlSource;
  readonly document: Document;
  readonly content: Fields;
  /** What `!reset` and `!override` say of a path when files are merged, by the path as JSON. */
  readonly marks: ReadonlyMap<string, 'reset' | 'override'>;
  readonly diagnostics: readonly ConfigDiagnostic[];
  /** Variables that have no value, each where it is named first. */
  readonly warnings: readonly ConfigDiagnostic[];
}

/**
 * Reads the text of a compose file.
 *
 * @param variables the environment, and `.env`
 */
export function parseComposeFile(file: string, text: string, variables: ReadonlyMap<string, string>): ComposeFile {
  const source = yamlSource(file, text);
  const document = parseDocument(text, {
    prettyErrors: false,
    merge: true,
    logLevel: 'silent',
    keepSourceTokens: false,
  });
  const diagnostics = yamlDiagnostics(source, document);
  const marks = new Map<string, 'reset' | 'override'>();
  const warnings = new Map<string, ConfigDiagnostic>();
  if (document.errors.some(isSyntaxError)) return { source, document, content: {}, marks, diagnostics, warnings: [] };
  const mark = (node: Node, ancestors: readonly unknown[]) => {
    if (node.tag !== '!reset' && node.tag !== '!override') return;
    marks.set(JSON.stringify(pathTo(ancestors, node)), node.tag === '!reset' ? 'reset' : 'override');
  };
  visit(document, {
    Collection: (_, node, ancestors) => mark(node, ancestors),
    Scalar: (key, node, ancestors) => {
      mark(node, ancestors);
      if (key === 'key' || typeof node.value !== 'string' || !node.value.includes('$')) return;
      const [start = 0, end = 0] = node.range ?? [];
      const unset = (name: string) => {
        if (warnings.has(name)) return;
        const message = `The variable ${name} has no value, so it counts as empty.`;
        const hint = `Set it in the environment or in .env, or say what it is then: \${${name}:-value}.`;
        warnings.set(name, diagnosticAt(source, { start, end }, { message, hint }));
      };
      try {
        node.value = interpolate(node.value, variables, unset);
      } catch (error) {
        if (!(error instanceof InterpolationError)) throw error;
        const hint = 'Set the variable in the environment or in .env, or mend the text.';
        diagnostics.push(diagnosticAt(source, { start, end }, { message: `${error.message}.`, hint }));
      }
    },
  });
  const value: unknown = diagnostics.length === 0 ? document.toJS({ maxAliasCount: -1 }) : {};
  const content = isFields(value) ? value : {};
  return { source, document, content, marks, diagnostics, warnings: [...warnings.values()] };
}

/** A problem at its place in the file; where the path is not in it, at the nearest thing above that is. */
export function locate({ source, document }: ComposeFile, { path, message, hint }: ComposeProblem): ConfigDiagnostic {
  return diagnosticAt(source, rangeOf(document, path), { message, hint });
}

/** Whether a file says something at a path. */
export function says({ document }: ComposeFile, path: readonly (string | number)[]): boolean {
  return document.hasIn(path);
}

function rangeOf(document: Document, path: readonly (string | number)[]): { start: number; end: number } {
  let range = { start: 0, end: 1 };
  let inside: unknown = document.contents;
  for (const step of path) {
    const pair = isMap(inside) ? inside.items.find(({ key }) => isScalar(key) && key.value === step) : undefined;
    const next = pair?.key ?? (isNode(inside) && 'getIn' in inside ? inside.getIn([step], true) : undefined);
    if (!isNode(next)) break;
    const [start, end] = (next as Node).range ?? [range.start, range.end];
    range = { start, end };
    inside = pair === undefined ? next : pair.value;
  }
  return range;
}

function pathTo(ancestors: readonly unknown[], node: Node): (string | number)[] {
  return ancestors.flatMap((one, index): (string | number)[] => {
    if (isPair(one) && isScalar(one.key)) return [String(one.key.value)];
    return isSeq(one) ? [one.items.indexOf(ancestors[index + 1] ?? node)] : [];
  });
}
