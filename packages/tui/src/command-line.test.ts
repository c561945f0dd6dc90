import { CommanderError } from 'commander';
import { describe, expect, test } from 'vitest';
import { createProgram, type Request } from './command-line.ts';

interface Outcome {
  readonly request?: Request;
  readonly exitCode?: number;
  readonly printed: string;
}

async function parse(...args: string[]): Promise<Outcome> {
  let request: Request | undefined;
  let printed = '';
  const program = createProgram('1.2.3', async (asked) => {
    request = asked;
  });
  const writer = { writeOut: (text: string) => (printed += text), writeErr: (text: string) => (printed += text) };
  const commands = [program, ...program.commands, ...program.commands.flatMap((command) => command.commands)];
  for (const command of commands) command.configureOutput(writer);
  try {
    await program.parseAsync(args, { from: 'user' });
    return { ...(request && { request }), printed };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { exitCode: error.exitCode, printed };
  }
}

describe('what is understood', () => {
  test.each<[string, Request]>([
    [
      'up',
      {
        verb: 'up',
        folder: undefined,
        services: [],
        detach: false,
        plain: false,
        sandbox: false,
        verbose: false,
        yes: false,
        timeoutSeconds: 600,
      },
    ],
    [
      'up -d --plain --verbose --timeout 1.5 web api -C /shop',
      {
        verb: 'up',
        folder: '/shop',
        services: ['web', 'api'],
        detach: true,
        plain: true,
        sandbox: false,
        verbose: true,
        yes: false,
        timeoutSeconds: 1.5,
      },
    ],
    ['--folder /shop status', { verb: 'status', folder: '/shop', json: false }],
    ['status --json', { verb: 'status', folder: undefined, json: true }],
    ['wait --live web api', { verb: 'wait', folder: undefined, services: ['web', 'api'], timeoutSeconds: 600 }],
    ['wait --timeout 2', { verb: 'wait', folder: undefined, services: [], timeoutSeconds: 2 }],
    [
      'logs web -f --tail 0 --timestamps',
      { verb: 'logs', folder: undefined, services: ['web'], ...ALL_LOGS, follow: true, tail: 0, timestamps: true },
    ],
    [
      'logs --since 2026-01-01T12:00:00Z --level warn --previous --build --json',
      {
        verb: 'logs',
        folder: undefined,
        services: [],
        ...ALL_LOGS,
        sinceMs: Date.UTC(2026, 0, 1, 12),
        level: 'warn',
        previous: true,
        build: true,
        json: true,
      },
    ],
    [
      'run web -- npm test --all',
      {
        verb: 'run',
        folder: undefined,
        service: 'web',
        command: ['npm', 'test', '--all'],
        tty: true,
        wait: true,
        timeoutSeconds: 600,
      },
    ],
    [
      'run -T --no-wait --timeout 5 web ls',
      { verb: 'run', folder: undefined, service: 'web', command: ['ls'], tty: false, wait: false, timeoutSeconds: 5 },
    ],
    ['rebuild web', { verb: 'rebuild', folder: undefined, service: 'web', wait: false, timeoutSeconds: 600 }],
    ['restart web', { verb: 'act', folder: undefined, act: { type: 'restart-service', service: 'web' } }],
    ['scale web 3', { verb: 'act', folder: undefined, act: { type: 'scale-service', service: 'web', replicas: 3 } }],
    ['history web', { verb: 'history', folder: undefined, service: 'web', json: false }],
    ['history web --json', { verb: 'history', folder: undefined, service: 'web', json: true }],
    ['rollback web', { verb: 'act', folder: undefined, act: { type: 'roll-back', service: 'web' } }],
    [
      'rollback web web:devloop-1',
      { verb: 'act', folder: undefined, act: { type: 'roll-back', service: 'web', image: 'web:devloop-1' } },
    ],
    ['pause', { verb: 'act', folder: undefined, act: { type: 'pause', services: [] } }],
    ['resume web', { verb: 'act', folder: undefined, act: { type: 'resume', services: ['web'] } }],
    ['ports', { verb: 'ports', folder: undefined, json: false }],
    ['ports --json', { verb: 'ports', folder: undefined, json: true }],
    [
      'ports add web 8080:http',
      { verb: 'add-port', folder: undefined, service: 'web', port: { local: 8080, port: 'http' } },
    ],
    [
      'ports add service/redis 0.0.0.0:6380:6379',
      {
        verb: 'add-port',
        folder: undefined,
        service: 'service/redis',
        port: { local: 6380, port: 6379, address: '0.0.0.0' },
      },
    ],
    ['ports remove web 8080', { verb: 'remove-port', folder: undefined, service: 'web', local: 8080 }],
    ['open web', { verb: 'open', folder: undefined, service: 'web' }],
    ['events --after 0', { verb: 'events', folder: undefined, after: 0 }],
    ['down --yes', { verb: 'down', folder: undefined, yes: true }],
    ['check', { verb: 'check', folder: undefined }],
    ['render', { verb: 'render', folder: undefined }],
    ['stop', { verb: 'stop', folder: undefined }],
    ['doctor', { verb: 'doctor', folder: undefined }],
  ])('devloop %s', async (line, request) => {
    expect(await parse(...line.split(' '))).toEqual({ request, printed: '' });
  });
});

/** What `logs` is asked for where no option is given. */
const ALL_LOGS = {
  follow: false,
  tail: undefined,
  sinceMs: Number.NEGATIVE_INFINITY,
  untilMs: Number.POSITIVE_INFINITY,
  grep: [],
  not: [],
  level: undefined,
  previous: false,
  build: false,
  json: false,
  timestamps: false,
} as const;

describe('what is not', () => {
  test.each([
    ['upp', "unknown command 'upp'\n(Did you mean up?)"],
    ['up --verbos', 'Did you mean --verbose?'],
    ['up --timeout 5', '--timeout needs --detach'],
    ['wait --timeout soon', 'It must be seconds'],
    ['wait --timeout 0', 'It must be seconds'],
    ['logs --tail -1', 'It must be a whole number'],
    ['logs --since yesterday', 'It must be a time'],
    ['logs --level loud', 'It must be one of trace, debug'],
    ['logs --grep /(/', 'It is no regular expression'],
    ['logs -f --until 5m', '--until and --follow exclude each other'],
    ['logs -f --previous', '--previous and --follow exclude each other'],
    ['rebuild', "missing required argument 'service'"],
    ['status now', 'too many arguments'],
    ['ports add web http', 'It must be LOCAL:PORT'],
    ['ports add web 99999:80', 'It must be LOCAL:PORT'],
  ])('devloop %s', async (line, said) => {
    const { exitCode, printed, request } = await parse(...line.split(' '));
    expect({ exitCode, request }).toEqual({ exitCode: 1, request: undefined });
    expect(printed).toContain(said);
  });
});

test('help and version end well', async () => {
  expect(await parse('--version')).toEqual({ exitCode: 0, printed: '1.2.3\n' });
  const help = await parse('--help');
  expect(help.exitCode).toBe(0);
  expect(help.printed).toMatch(/Usage: devloop[\s\S]*Examples:[\s\S]*Exit codes:/);
  expect((await parse('help', 'up')).printed).toContain('--detach');
  expect((await parse()).printed).toContain('Usage: devloop');
});
