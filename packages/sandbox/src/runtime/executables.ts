import type { RootFiles } from './root-files.ts';

/** Why a program cannot be started, in runc's words, with the exit code that Docker sets. */
export interface NotExecutable {
  readonly exitCode: 126 | 127;
  readonly reason: string;
}

/** Looks a program up as runc does before it starts it: by its path, or in PATH. Undefined when it can be run. */
export function whyNotExecutable(
  program: string,
  workdir: string,
  pathVariable: string,
  files: RootFiles,
): NotExecutable | undefined {
  const quoted = JSON.stringify(program);
  if (!program.includes('/')) {
    const found = pathVariable.split(':').some((folder) => isExecutable(files, `${folder}/${program}`) === 'yes');
    return found ? undefined : { exitCode: 127, reason: `exec: ${quoted}: executable file not found in $PATH` };
  }
  switch (isExecutable(files, program.startsWith('/') ? program : `${workdir}/${program}`)) {
    case 'yes':
      return undefined;
    case 'nothing':
      return { exitCode: 127, reason: `exec: ${quoted}: stat ${program}: no such file or directory` };
    case 'folder':
      return { exitCode: 126, reason: `exec: ${quoted}: is a directory` };
    case 'no':
      return { exitCode: 126, reason: `exec: ${quoted}: permission denied` };
  }
}

function isExecutable(files: RootFiles, file: string): 'yes' | 'no' | 'folder' | 'nothing' {
  const stats = files.stat(file);
  if (stats === undefined) return 'nothing';
  if (stats.isDirectory()) return 'folder';
  return (stats.mode & 0o111) === 0 ? 'no' : 'yes';
}
