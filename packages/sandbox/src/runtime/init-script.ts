import { shellQuote } from './shell-quote.ts';

/** Names that a POSIX shell can export. */
const EXPORTABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What a container's first process is to become. */
export interface Program {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workdir: string;
}

/**
 * The shell script that is process 1 of a container until it becomes the program. It was opened, and the shell was
 * loaded, while the host's files were the root; from `read` on the root is the container's. So the program's
 * environment (an image may set LD_PRELOAD) and files never meet a process with the node's rights.
 *
 * Descriptor 3 tells the engine: the process id on the node, then `run` as the last thing before the program,
 * or a complaint.
 * Descriptor 4 says when the root is the container's. 5 is the program's stderr.
 */
export function initScript(program: Program): string {
  const variables = Object.entries(program.env).filter(([name]) => EXPORTABLE.test(name));
  return [
    'read -r pid rest < /proc/self/stat',
    'echo "$pid" >&3',
    'read -r go <&4 || exit 1',
    `cd ${shellQuote(program.workdir)} || exit 1`,
    'umask 022',
    'unset LIBMOUNT_FORCE_MOUNT2 PWD OLDPWD pid rest go',
    ...variables.map(([name, value]) => `export ${name}=${shellQuote(value)}`),
    'echo run >&3',
    `exec ${program.command.map(shellQuote).join(' ')} 2>&5 3>&- 4<&- 5>&-`,
    '',
  ].join('\n');
}

/** Variables that the shell cannot export by name: they are given to it, and it hands them on. */
export function inheritedVariables(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !EXPORTABLE.test(name) && name !== ''));
}
