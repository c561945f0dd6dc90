import type { StyledRow, StyledRun } from './styled-row.ts';

const CELL = { width: 8.4, height: 18, font: 14 };
const MARGIN = { side: 14, top: 34, bottom: 12 };
const SCREEN = { background: '#15181e', foreground: '#d7dae0', frame: '#2a2f3a' };
const COLOURS = [
  '#2a2f3a',
  '#e06c75',
  '#98c379',
  '#e5c07b',
  '#61afef',
  '#c678dd',
  '#56b6c2',
  '#abb2bf',
  '#5c6370',
  '#ef7d86',
  '#a9d389',
  '#f0cd8a',
  '#72bfff',
  '#d58aec',
  '#67c6d2',
  '#ffffff',
] as const;

/** Rows that a picture shows from one moment to another, in milliseconds from its beginning. */
export interface ShownRow {
  readonly row: number;
  readonly cells: StyledRow;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** A picture of one frame. */
export function pictureOf(rows: readonly StyledRow[], columns: number, title: string): string {
  const lines = rows.map((row, index) => rowSvg(row, index)).join('');
  return svg(columns, rows.length, title, '', lines);
}

/** A picture that moves: every row is drawn for as long as it was shown, and all begins anew at the end. */
export function recordingOf(shown: readonly ShownRow[], columns: number, rows: number, title: string): string {
  const lastMs = Math.max(...shown.map(({ untilMs }) => untilMs));
  const styles: string[] = [];
  const groups = shown.map(({ row, cells, fromMs, untilMs }, index) => {
    if (fromMs <= 0 && untilMs >= lastMs) return rowSvg(cells, row);
    const percent = (ms: number) => `${((ms / lastMs) * 100).toFixed(3)}%`;
    const before = fromMs > 0 ? `0%,${percent(fromMs - 1)}{opacity:0}` : '';
    const after = untilMs < lastMs ? `${percent(untilMs)},100%{opacity:0}` : '';
    styles.push(`@keyframes r${index}{${before}${percent(fromMs)},${percent(untilMs - 1)}{opacity:1}${after}}`);
    styles.push(`.r${index}{animation:r${index} ${lastMs}ms step-end infinite}`);
    return `<g class="r${index}">${rowSvg(cells, row)}</g>`;
  });
  return svg(columns, rows, title, `<style>${styles.join('')}</style>`, groups.join(''));
}

function svg(columns: number, rows: number, title: string, style: string, content: string): string {
  const width = Math.ceil(columns * CELL.width + 2 * MARGIN.side);
  const height = Math.ceil(rows * CELL.height + MARGIN.top + MARGIN.bottom);
  const dots = ['#e06c75', '#e5c07b', '#98c379']
    .map((fill, index) => `<circle cx="${20 + index * 18}" cy="17" r="5.5" fill="${fill}"/>`)
    .join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">${style}<rect width="${width}" height="${height}" rx="9" fill="${SCREEN.background}" stroke="${SCREEN.frame}"/>${dots}<text x="${width / 2}" y="21" text-anchor="middle" font-family="sans-serif" font-size="12" fill="#8b93a3">${escaped(title)}</text><g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,monospace" font-size="${CELL.font}">${content}</g></svg>\n`;
}

function rowSvg(row: StyledRow, index: number): string {
  return row.map((run) => runSvg(run, index)).join('');
}

function runSvg(run: StyledRun, index: number): string {
  const own = run.foreground === undefined ? SCREEN.foreground : (COLOURS[run.foreground] ?? SCREEN.foreground);
  const behind = run.background === undefined ? undefined : COLOURS[run.background];
  const [ink, paper] = run.inverse ? [behind ?? SCREEN.background, own] : [own, behind];
  const x = (MARGIN.side + run.column * CELL.width).toFixed(1);
  const top = MARGIN.top + index * CELL.height;
  const width = (run.cells * CELL.width).toFixed(1);
  const background =
    paper === undefined ? '' : `<rect x="${x}" y="${top}" width="${width}" height="${CELL.height}" fill="${paper}"/>`;
  if (run.text.trim() === '') return background;
  const looks = [
    run.bold ? ' font-weight="bold"' : '',
    run.dim ? ' opacity="0.6"' : '',
    run.underline ? ' text-decoration="underline"' : '',
  ].join('');
  const text = `<text x="${x}" y="${top + 13.5}" textLength="${width}" lengthAdjust="spacingAndGlyphs" xml:space="preserve" fill="${ink}"${looks}>${escaped(run.text)}</text>`;
  return background + text;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
