import path from 'node:path';
import type { RunConfig } from '../images/stored-image.ts';
import { durationNano } from '../runtime/clock.ts';
import { signalNumber } from '../runtime/signals.ts';
import { DockerfileError, type Instruction, parseError } from './dockerfile.ts';
import { expandPairs, expandText, expandWords, type Lookup } from './substitution.ts';

const DEFAULT_SHELL = ['/bin/sh', '-c'];

/** The shell of RUN, CMD and ENTRYPOINT in their shell form. */
export function shellOf(config: RunConfig): readonly string[] {
  return config.shell ?? DEFAULT_SHELL;
}

/** The command of an exec form as it is, of a shell form with the shell in front. */
export function commandOf(instruction: Instruction, config: RunConfig): readonly string[] {
  if (instruction.json !== undefined) return instruction.json;
  const { heredoc, text } = instruction;
  if (heredoc === undefined) return [...shellOf(config), text];
  const isWhole = /^<<-?\s*["']?\w+["']?$/.test(text);
  return [...shellOf(config), isWhole ? heredoc.body : `${text}\n${heredoc.body}${heredoc.name}`];
}

/** Where WORKDIR leads from here. */
export function workdirAfter(config: RunConfig, text: string): string {
  return path.posix.resolve('/', config.workdir, text);
}

/**
 * The config after an instruction that changes nothing else. Undefined for those that change files.
 *
 * @throws DockerfileError
 */
export function applyToConfig(
  instruction: Instruction,
  config: RunConfig,
  lookup: Lookup,
  escapeCharacter: string,
): RunConfig | undefined {
  const { keyword, text, line, json } = instruction;
  const words = () => json ?? expandWords(text, lookup, escapeCharacter);
  const word = () => expandText(text, lookup, escapeCharacter);
  switch (keyword) {
    case 'ENV':
      return { ...config, env: withVariables(config.env, expandPairs(text, lookup, escapeCharacter)) };
    case 'LABEL':
      return {
        ...config,
        labels: { ...config.labels, ...Object.fromEntries(expandPairs(text, lookup, escapeCharacter)) },
      };
    case 'MAINTAINER':
      return { ...config, labels: { ...config.labels, maintainer: text } };
    case 'USER':
      return { ...config, user: word() };
    case 'CMD':
      return { ...config, cmd: commandOf(instruction, config) };
    case 'ENTRYPOINT':
      // an entrypoint of its own makes the base image's command meaningless
      return { ...config, entrypoint: commandOf(instruction, config), cmd: undefined };
    case 'SHELL':
      if (json === undefined) throw parseError(line, 'SHELL requires the arguments to be in JSON form');
      return { ...config, shell: json };
    case 'EXPOSE':
      return {
        ...config,
        exposedPorts: union(
          config.exposedPorts,
          words().map((port) => portOf(port)),
        ),
      };
    case 'VOLUME':
      return { ...config, volumes: union(config.volumes, words()) };
    case 'STOPSIGNAL': {
      const signal = word();
      if (signalNumber(signal) === undefined) throw parseError(line, `invalid signal: ${signal}`);
      return { ...config, stopSignal: signal };
    }
    case 'HEALTHCHECK':
      return { ...config, healthcheck: healthcheck(instruction) };
    case 'ONBUILD':
      throw parseError(line, 'ONBUILD is not offered by the sandbox: write the instruction where it is used');
    default:
      return undefined;
  }
}

function withVariables(env: readonly string[], pairs: readonly (readonly [string, string])[]): readonly string[] {
  const values = new Map(env.map((entry): [string, string] => [entry.split('=', 1)[0] ?? '', entry]));
  for (const [name, value] of pairs) values.set(name, `${name}=${value}`);
  return [...values.values()];
}

function union(some: readonly string[], more: readonly string[]): readonly string[] {
  return [...new Set([...some, ...more])];
}

function portOf(text: string): string {
  const [, port, protocol = 'tcp'] = /^(\d+(?:-\d+)?)(?:\/(tcp|udp|sctp))?$/i.exec(text) ?? [];
  if (port === undefined) throw new DockerfileError(`invalid containerPort: ${text}`);
  return `${port}/${protocol.toLowerCase()}`;
}

function healthcheck({ text, json, flags, line }: Instruction): Record<string, unknown> {
  if (text.toUpperCase() === 'NONE') return { Test: ['NONE'] };
  const command = text.replace(/^CMD\s+/i, '');
  let exec: unknown = json;
  try {
    exec = command.startsWith('[') ? JSON.parse(command) : undefined;
  } catch {
    exec = undefined; // then it is the shell form
  }
  const times = { interval: 'Interval', timeout: 'Timeout', 'start-period': 'StartPeriod' } as const;
  const given = Object.entries(times).filter(([flag]) => flags[flag] !== undefined);
  return {
    Test: Array.isArray(exec) ? ['CMD', ...exec] : ['CMD-SHELL', command],
    ...Object.fromEntries(given.map(([flag, field]) => [field, nanoseconds(flags[flag] ?? '', line)])),
    ...(flags['retries'] === undefined ? {} : { Retries: Number(flags['retries']) }),
  };
}

function nanoseconds(duration: string, line: number): number {
  const found = durationNano(duration);
  if (found === undefined) throw parseError(line, `time: invalid duration "${duration}"`);
  return Number(found);
}
