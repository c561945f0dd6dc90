import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mustRun } from './run-command.ts';

/** The tar of some files, as a client sends it. */
export async function tarOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'scn-tar-'));
  try {
    await mkdir(path.join(folder, 'in'));
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, 'in', name), text);
    await mustRun('tar', ['-c', '-f', path.join(folder, 'tar'), '-C', path.join(folder, 'in'), ...Object.keys(files)]);
    return Buffer.from(await mustRun('base64', ['-w0', path.join(folder, 'tar')]), 'base64');
  } finally {
    await rm(folder, { recursive: true });
  }
}
