import { readPort, type WrittenPort } from '@devloop/shared/config/port-text';
import { Command, InvalidArgumentError } from 'commander';
import type { Act } from './commands/act.ts';
import type { ExecOptions } from './commands/exec.ts';
import type { InitOptions } from './commands/init.ts';
import type { LogsOptions } from './commands/logs.ts';
import type { RunOptions } from './commands/run.ts';
import { instantOf } from './logs/instant-argument.ts';
import { LEVELS, type LogLevel } from './ui/logs/log-level.ts';
import { compilePattern, type LogPattern } from './ui/logs/log-pattern.ts';

/** What the user asked for, understood. */
export type Request = { readonly folder: string | undefined } & (
  | {
      readonly verb: 'up';
      readonly services: readonly string[];
      readonly detach: boolean;
      readonly plain: boolean;
      readonly sandbox: boolean;
      readonly verbose: boolean;
      readonly yes: boolean;
      readonly timeoutSeconds: number;
    }
  | ({ readonly verb: 'init' } & InitOptions)
  | { readonly verb: 'status'; readonly json: boolean }
  | { readonly verb: 'wait'; readonly services: readonly string[]; readonly timeoutSeconds: number }
  | ({ readonly verb: 'logs'; readonly services: readonly string[] } & LogsOptions)
  | { readonly verb: 'rebuild'; readonly service: string; readonly wait: boolean; readonly timeoutSeconds: number }
  | ({ readonly verb: 'run'; readonly service: string } & RunOptions)
  | ({ readonly verb: 'exec'; readonly service: string } & ExecOptions)
  | { readonly verb: 'act'; readonly act: Act }
  | { readonly verb: 'history'; readonly service: string; readonly json: boolean }
  | { readonly verb: 'ports'; readonly json: boolean }
  | { readonly verb: 'add-port'; readonly service: string; readonly port: WrittenPort }
  | { readonly verb: 'remove-port'; readonly service: string; readonly local: number }
  | { readonly verb: 'open'; readonly service: string }
  | { readonly verb: 'events'; readonly after: number | undefined }
  | { readonly verb: 'down'; readonly yes: boolean }
  | { readonly verb: 'render' | 'check' | 'stop' | 'doctor' }
);

const DEFAULT_TIMEOUT_SECONDS = 600;

const EXAMPLES = `
Examples:
  $ devloop                         open the screen: start the daemon, show all services
  $ devloop init                    write a devloop.yaml for the app in this folder
  $ devloop check                   is devloop.yaml in order?
  $ devloop up                      bring everything up, and show each save going live
  $ devloop up -d                   the same in the background: returns when all is live
  $ devloop status                  what is live, what is on its way, what waits
  $ devloop logs -f web api         follow two services' logs
  $ devloop wait --live web         return when the last save of web is what serves
  $ devloop down                    delete everything devloop applied, after asking

Exit codes: 0 done · 1 failed · 2 wrong usage · 3 configuration · 4 no daemon · 5 timeout · 130 interrupted`;

/**
 * The commands, their arguments and options. `run` is told what was asked for. Without a command it is `up` where there
 * is a terminal to show it on, else help.
 */
export function createProgram(
  version: string,
  run: (request: Request) => Promise<void>,
  isFullScreen = false,
): Command {
  const program = new Command('devloop')
    .description('A saved file is live in your local Kubernetes cluster: builds, deploys and follows on every save.')
    .version(version, '-V, --version', 'print the version')
    .option('-C, --folder <dir>', 'project folder (default: the nearest with a devloop.yaml, from here upward)')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(devloop --help shows what there is)')
    .exitOverride();
  const asked = (request: DistributiveOmit<Request, 'folder'>) =>
    run({ ...request, folder: program.opts<{ folder?: string }>().folder });

  if (isFullScreen) {
    program.action((_, { args }: Command) => {
      if (args.length > 0) program.error(`error: unknown command '${args[0]}'`);
      return asked({
        verb: 'up',
        services: [],
        detach: false,
        plain: false,
        sandbox: false,
        verbose: false,
        yes: false,
        timeoutSeconds: DEFAULT_TIMEOUT_SECONDS,
      });
    });
    program.allowExcessArguments();
  }

  program
    .command('up')
    .description('start the daemon, bring every service up, and show it until you leave; that ends nothing')
    .argument('[services...]', 'show and wait for these only')
    .option('-d, --detach', 'return when all services are live (0), or one failed (1)', false)
    .option('--plain', 'print plain lines instead of the full screen', false)
    .option('--sandbox', 'on a cluster of its own, without Docker and Kubernetes, which ends with the daemon', false)
    .option('--verbose', 'print all build output, and each object', false)
    .option('--yes', 'where there is no devloop.yaml: write what was found, without asking', false)
    .option('--timeout <seconds>', 'with --detach: give up after this long', seconds, DEFAULT_TIMEOUT_SECONDS)
    .action((services, { detach, plain, sandbox, verbose, yes, timeout }, command) => {
      if (!detach && command.getOptionValueSource('timeout') === 'cli') {
        command.error('error: --timeout needs --detach; without it, up goes on until Ctrl-C');
      }
      return asked({ verb: 'up', services, detach, plain, sandbox, verbose, yes, timeoutSeconds: timeout });
    });

  program
    .command('init')
    .description('look the folder over, and write a devloop.yaml for what is there')
    .option('--print', 'print it, and write nothing', false)
    .option('--yes', 'ask nothing: take what is most likely', false)
    .action(({ print, yes }) => asked({ verb: 'init', print, yes }));

  program
    .command('status')
    .description('show what is live, what is on its way, and why something waits')
    .option('--json', "print the daemon's snapshot as JSON", false)
    .action(({ json }) => asked({ verb: 'status', json }));

  program
    .command('wait')
    .description('return when what is saved now is what serves')
    .argument('[services...]', 'wait for these (default: all)')
    .option('--live', 'wait until they are live; the default, and the only thing to wait for so far', true)
    .option('--timeout <seconds>', 'give up after this long', seconds, DEFAULT_TIMEOUT_SECONDS)
    .action((services, { timeout }) => asked({ verb: 'wait', services, timeoutSeconds: timeout }));

  program
    .command('logs')
    .description('print the logs of services')
    .argument('[services...]', 'of these (default: all)')
    .option('-f, --follow', 'go on until Ctrl-C', false)
    .option('--tail <lines>', 'only the last lines of each service', wholeNumber)
    .option('--since <time>', 'nothing older: 10m, 1h30m, 14:05, 2026-01-01T12:00:00Z', instantArgument)
    .option('--until <time>', 'nothing newer', instantArgument)
    .option('--grep <pattern>', 'only lines with this text, or that fit this /regex/; again: or this', patterns, [])
    .option('--not <pattern>', 'without lines with this text, or that fit this /regex/', patterns, [])
    .option('--level <level>', 'only lines of this level and above', levelArgument)
    .option('--previous', 'only what containers said in the run before the newest', false)
    .option('--build', 'also the output of builds and hooks', false)
    .option('--json', 'print a JSON object a line', false)
    .option('--timestamps', "print the kubelet's time before each line", false)
    .action((services, { since, until, ...options }, command) => {
      const { follow, previous } = options;
      if (follow && until !== undefined) command.error('error: --until and --follow exclude each other');
      if (follow && previous) command.error('error: --previous and --follow exclude each other');
      const [sinceMs, untilMs] = [since ?? Number.NEGATIVE_INFINITY, until ?? Number.POSITIVE_INFINITY];
      return asked({ verb: 'logs', services, ...options, level: options.level, tail: options.tail, sinceMs, untilMs });
    });

  program
    .command('rebuild')
    .description('build and roll out a service again, even where nothing changed')
    .argument('<service>')
    .option('--wait', 'return when it is live', false)
    .option('--timeout <seconds>', 'with --wait: give up after this long', seconds, DEFAULT_TIMEOUT_SECONDS)
    .action((service, { wait, timeout }) => asked({ verb: 'rebuild', service, wait, timeoutSeconds: timeout }));

  program
    .command('run')
    .description("run a command in a Pod of its own, with a service's newest image, environment and volumes")
    .argument('<service>')
    .argument('<command...>', 'the command and its arguments, after --')
    .option('-T, --no-tty', 'no terminal for the command, where there is one')
    .option('--no-wait', 'do not wait for what is being built')
    .option('--timeout <seconds>', 'wait no longer than this for what is being built', seconds, DEFAULT_TIMEOUT_SECONDS)
    .action((service, command, { tty, wait, timeout }) =>
      asked({ verb: 'run', service, command, tty, wait, timeoutSeconds: timeout }),
    );

  program
    .command('exec')
    .description('run a command, or a shell, in a container of a service that runs')
    .argument('<service>')
    .argument('[command...]', 'the command and its arguments, after -- (default: bash where the image has it, else sh)')
    .option('-T, --no-tty', 'no terminal for the command, where there is one')
    .option('--pod <name>', 'in this pod (default: one that serves)')
    .option('--container <name>', "in this container (default: that of the service's own image)")
    .action((service, command, { tty, pod, container }) =>
      asked({ verb: 'exec', service, command, tty, pod, container }),
    );

  program
    .command('restart')
    .description('start the containers of a service anew, with what is live')
    .argument('<service>')
    .action((service) => asked({ verb: 'act', act: { type: 'restart-service', service } }));

  program
    .command('scale')
    .description('keep another number of replicas, until the daemon ends')
    .argument('<service>')
    .argument('<replicas>', '0 to 100', replicaCount)
    .action((service, replicas) => asked({ verb: 'act', act: { type: 'scale-service', service, replicas } }));

  program
    .command('history')
    .description('show what went live of a service and what did not, the newest first')
    .argument('<service>')
    .option('--json', 'print it as JSON', false)
    .action((service, { json }) => asked({ verb: 'history', service, json }));

  program
    .command('rollback')
    .description('serve an earlier build until the next save')
    .argument('<service>')
    .argument('[image]', 'a build that is still there (default: the one that was live before)')
    .action((service, image) => {
      const named = image === undefined ? {} : { image };
      return asked({ verb: 'act', act: { type: 'roll-back', service, ...named } });
    });

  program
    .command('pause')
    .description('see saves, but let them wait')
    .argument('[services...]', 'of these (default: all)')
    .action((services) => asked({ verb: 'act', act: { type: 'pause', services } }));

  program
    .command('resume')
    .description('go on with what was saved while paused')
    .argument('[services...]', 'of these (default: all)')
    .action((services) => asked({ verb: 'act', act: { type: 'resume', services } }));

  program
    .command('open')
    .description(
      'open a service in the browser, at the first of its addresses, or print that where there is no browser',
    )
    .argument('<service>')
    .action((service) => asked({ verb: 'open', service }));

  const ports = program
    .command('ports')
    .description('show where services are reached: forwarded ports, NodePorts, load balancers, Ingresses')
    .option('--json', 'print them as JSON', false)
    .action(({ json }) => asked({ verb: 'ports', json }));
  ports
    .command('add')
    .description('forward a port, until it is removed or the daemon ends')
    .argument('<service>', 'a service, or [namespace/]kind/name of anything: service/redis, deployment/web, data/pod/x')
    .argument('<port>', 'LOCAL:PORT, ADDRESS:LOCAL:PORT, or one PORT for both; PORT may be a name', localPort)
    .action((service, port) => asked({ verb: 'add-port', service, port }));
  ports
    .command('remove')
    .description('forward a port no longer, until the daemon ends')
    .argument('<service>')
    .argument('<local>', 'the port of this machine', wholeNumber)
    .action((service, local) => asked({ verb: 'remove-port', service, local }));

  program
    .command('events')
    .description('print everything that happens as JSON lines, until Ctrl-C')
    .option('--after <seq>', 'also what happened after this number; 0: all that the daemon still has', wholeNumber)
    .action(({ after }) => asked({ verb: 'events', after }));

  program
    .command('render')
    .description('print what would be applied, as YAML; needs no cluster')
    .action(() => asked({ verb: 'render' }));

  program
    .command('check')
    .description('check devloop.yaml, manifests and Dockerfiles; needs no cluster')
    .action(() => asked({ verb: 'check' }));

  program
    .command('stop')
    .description('end the daemon; the cluster stays as it is')
    .action(() => asked({ verb: 'stop' }));

  program
    .command('down')
    .description('delete what devloop applied for this project, after listing it, and end the daemon')
    .option('-y, --yes', 'do not ask', false)
    .action(({ yes }) => asked({ verb: 'down', yes }));

  program
    .command('doctor')
    .description('look at what devloop needs on this machine, with remedies')
    .action(() => asked({ verb: 'doctor' }));

  return program;
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

function seconds(text: string): number {
  const number = Number(text);
  if (!(number > 0) || number > 86_400)
    throw new InvalidArgumentError('It must be seconds: more than 0, at most a day.');
  return number;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

function localPort(text: string): WrittenPort {
  const port = readPort(text);
  if (port !== undefined && port.local !== 0) return port;
  throw new InvalidArgumentError('It must be LOCAL:PORT, as 8080:80 or 8080:http, or one PORT for both; 1 to 65535.');
}

function instantArgument(text: string): number {
  const instant = instantOf(text, new Date());
  if (instant !== undefined) return instant;
  throw new InvalidArgumentError('It must be a time: 10m, 1h30m, 14:05, 2026-01-01T12:00:00Z.');
}

function patterns(text: string, before: LogPattern[]): LogPattern[] {
  if (text === '') throw new InvalidArgumentError('It must not be empty.');
  const compiled = compilePattern(text);
  if ('error' in compiled) throw new InvalidArgumentError(`It is no regular expression: ${compiled.error}.`);
  return [...before, compiled.pattern];
}

function levelArgument(text: string): LogLevel {
  const level = LEVELS.find((candidate) => candidate === text);
  if (level !== undefined) return level;
  throw new InvalidArgumentError(`It must be one of ${LEVELS.join(', ')}.`);
}

function replicaCount(text: string): number {
  const count = wholeNumber(text);
  if (count > 100) throw new InvalidArgumentError('It must be 0 to 100.');
  return count;
}
