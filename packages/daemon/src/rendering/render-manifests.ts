import { execa } from 'execa';
import type { RenderOutcome, RenderSource } from './render-source.ts';

interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

/** Longest that a tool may take: what it fetches from elsewhere can hang, and the files would be watched in vain. */
const RENDER_MS = 60_000;
/** How much of a tool's last words is told. */
const LAST_LINES = 3;

const INSTALL: Readonly<Record<RenderSource['tool'], string>> = {
  kustomize: 'Install kubectl, which has kustomize in it: https://kubernetes.io/docs/tasks/tools. Or kustomize itself.',
  helm: 'Install it: https://helm.sh/docs/intro/install. Or render the chart elsewhere and name the file it makes.',
};

/**
 * Renders manifests by the tool that they are written for.
 *
 * @param env has the PATH on which the tools are looked for
 * @throws the signal's reason when it is aborted
 */
export async function renderManifests(
  source: RenderSource,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<RenderOutcome> {
  for (const { program, args } of commandsOf(source)) {
    const result = await execa(program, args, {
      env,
      cancelSignal: signal,
      timeout: RENDER_MS,
      reject: false,
      stdin: 'ignore',
    });
    signal.throwIfAborted();
    if (result.exitCode === 0) return { ok: true, text: result.stdout };
    if (result.code === 'ENOENT') continue; // it is not installed
    const by = `By hand: ${[program, ...args].join(' ')}`;
    if (result.timedOut) {
      return { ok: false, message: `${program} did not end within ${RENDER_MS / 1000} s.`, hint: by };
    }
    const words = `${result.stderr}`.split('\n').filter((line) => line.trim() !== '');
    const said = words.length === 0 ? result.shortMessage : words.slice(-LAST_LINES).join(' ');
    return { ok: false, message: `${program} cannot render it: ${said}`, hint: `Mend what it names. ${by}` };
  }
  const programs = commandsOf(source).map(({ program }) => program);
  const missing = programs.length === 1 ? `${programs[0]} is not` : `neither ${programs.join(' nor ')} is`;
  return { ok: false, message: `It has to be rendered, and ${missing} on the PATH.`, hint: INSTALL[source.tool] };
}

/** What renders it; the first that is installed is taken. Pure. */
export function commandsOf(source: RenderSource): readonly Command[] {
  if (source.tool === 'kustomize') {
    return [
      { program: 'kustomize', args: ['build', source.folder] },
      { program: 'kubectl', args: ['kustomize', source.folder] },
    ];
  }
  const { release, chart, namespace, values, set } = source;
  return [
    {
      program: 'helm',
      args: [
        'template',
        release,
        chart,
        '--include-crds',
        '--skip-tests',
        ...(namespace === undefined ? [] : ['--namespace', namespace]),
        ...values.flatMap((file) => ['--values', file]),
        ...Object.entries(set).flatMap(([path, value]) => [
          // Of a text such as "1.10", helm's `--set` would make a number.
          typeof value === 'string' ? '--set-string' : '--set',
          `${path}=${String(value).replaceAll(/[\\,]/g, '\\$&')}`,
        ]),
      ],
    },
  ];
}
