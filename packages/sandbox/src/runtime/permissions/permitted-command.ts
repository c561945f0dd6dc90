import path from 'node:path';

/** Options with which a program could give itself what it is not to have, or be listened to. */
const FORBIDDEN = /^--(?:allow-|permission|no-permission|experimental-permission|inspect|env-file|build-snapshot)/;
const NODE = /^(?:\/usr\/local\/bin\/)?node(?:js)?$/;
/** A command that a shell would not do anything to. */
const PLAIN_WORDS = /^[\w./=:@ -]+$/;

/**
 * The arguments of Node that a container's command stands for; absolute files become those below `root`.
 *
 * @returns undefined for everything that is not Node with a file to run
 */
export function nodeArguments(command: readonly string[], root: string): string[] | undefined {
  const [program = '', ...args] = withoutShell(command);
  if (!NODE.test(program) || args.some((arg) => FORBIDDEN.test(arg))) return undefined;
  const script = args.findIndex((arg) => !arg.startsWith('-'));
  if (script === -1) return undefined;
  const file = args[script] ?? '';
  return args.with(script, file.startsWith('/') ? path.join(root, path.posix.normalize(file)) : file);
}

/** `sh -c "node server.js"`, as the shell form of CMD has it, is `node server.js`. */
export function withoutShell(command: readonly string[]): readonly string[] {
  const [shell, flag, line = ''] = command;
  const isShell = shell === '/bin/sh' || shell === 'sh';
  if (!isShell || flag !== '-c' || command.length !== 3 || !PLAIN_WORDS.test(line)) return command;
  return line
    .replace(/^exec /, '')
    .split(' ')
    .filter(Boolean);
}
