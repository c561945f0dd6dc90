import type { ClusterLink, DaemonSnapshot } from '@devloop/shared/protocol/snapshot';
import { registryText } from '../../wording/cluster-line.ts';
import { plainText } from '../../wording/plain-text.ts';
import { plural } from '../../wording/plural.ts';
import type { DaemonLink, ProjectView } from '../feed/project-store.ts';
import { countHealth } from '../overview/health.ts';
import { fitRow, type Row, rowWidth, type Span, span } from '../paint/row.ts';
import type { Style } from '../paint/style.ts';

/** Where the project runs, whether the daemon answers, and how many services are how: two rows, or one. */
export function headerRows({ link, snapshot }: ProjectView, columns: number, count: 1 | 2): Row[] {
  const name = span(snapshot?.project || 'devloop', { bold: true });
  const first = pinned([name, span('  '), ...clusterSpans(snapshot?.cluster, columns)], [linkSpan(link)], columns);
  if (count === 1) return [first];
  return [first, pinned(countSpans(snapshot), noteSpans(snapshot), columns)];
}

/** Left and right in one row; the right one is kept, as long as it leaves the left one some room. */
function pinned(left: Row, right: Row, columns: number): Row {
  const width = rowWidth(right);
  if (width === 0 || width > columns - 8) return fitRow([...left], columns);
  return [...fitRow(left, columns - width - 1), span(' '), ...right];
}

function linkSpan(link: DaemonLink): Span {
  switch (link.is) {
    case 'starting':
      return span('◐ starting', { tone: 'accent' });
    case 'connected':
      return span('● connected', { tone: 'good' });
    case 'silent':
      return span('✗ daemon does not answer', { tone: 'bad', bold: true });
    case 'lost':
      return span('✗ daemon lost, reconnecting', { tone: 'bad', bold: true });
    case 'gone':
      return span('✗ daemon gone, S starts it', { tone: 'bad', bold: true });
    case 'ended':
      return span('✗ daemon stopped, S starts it', { tone: 'bad', bold: true });
    case 'foreign':
      return span('✗ daemon of another version', { tone: 'bad', bold: true });
  }
}

function clusterSpans(cluster: ClusterLink | undefined, columns: number): Span[] {
  switch (cluster?.is) {
    case undefined:
      return [];
    case 'connecting':
      return [span('◐ connecting to the cluster', { tone: 'accent' })];
    case 'lost':
      return [span(`✗ no cluster: ${plainText(cluster.failure.message)}`, { tone: 'bad' })];
    case 'connected': {
      const { product, version, context, namespace, engine, registry } = cluster;
      const parts = [
        `${product} ${version}`,
        ...(context === product ? [] : [`context ${context}`]),
        `namespace ${namespace}`,
      ];
      if (columns >= 110) parts.push(`Docker ${engine.version} (${engine.builder}, ${engine.because})`);
      if (columns >= 110 && registry !== undefined) parts.push(registryText(registry));
      return [span(parts.join(' · '), { tone: 'quiet' })];
    }
  }
}

/** `2 failed · 1 building · 9 live`. */
function countSpans(snapshot: DaemonSnapshot | undefined): Span[] {
  if (snapshot === undefined) return [];
  const counts = countHealth(snapshot.services);
  return counts.flatMap(({ count, mark, word, tone }, index) => [
    ...(index === 0 ? [] : [span(' · ', { tone: 'quiet' })]),
    span(`${mark} ${count} ${word}`, { tone }),
  ]);
}

function noteSpans(snapshot: DaemonSnapshot | undefined): Span[] {
  if (snapshot === undefined) return [];
  const { diagnostics, warnings } = snapshot;
  const parts: (readonly [string, Style])[] = [];
  if (diagnostics.length > 0) parts.push([`✗ ${plural(diagnostics.length, 'config problem')}`, { tone: 'bad' }]);
  if (warnings.length > 0) parts.push([`▲ ${plural(warnings.length, 'note')}`, { tone: 'warning' }]);
  return parts.flatMap(([text, style], index) => [...(index === 0 ? [] : [span(' · ')]), span(text, style)]);
}
