import { chmod } from 'node:fs/promises';
import path from 'node:path';
import type { ProjectFolder } from './project-folder.ts';

/** Writes a program of a shell's lines beside a project; answers with the folder that it is in, for a PATH. */
export async function writeProgram(project: ProjectFolder, name: string, script: string): Promise<string> {
  const file = `../bin/${name}`;
  await project.write(file, `#!/bin/sh\n${script}\n`);
  await chmod(project.file(file), 0o755);
  return path.dirname(project.file(file));
}
