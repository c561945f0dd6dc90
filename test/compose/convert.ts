import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ReadCompose, readCompose } from '../../packages/daemon/src/compose/read-compose.ts';
import type { ComposeCase } from './corpus.ts';

/** Writes a case's files into a folder of its own and reads them as devloop does. */
export async function converted({ compose, files, over, profiles, environment }: ComposeCase): Promise<ReadCompose> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'compose-')));
  try {
    const all = { 'compose.yaml': compose, ...files };
    for (const [name, text] of Object.entries(all)) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), text);
    }
    return await readCompose({
      files: ['compose.yaml', ...(over ?? [])].map((file) => path.join(folder, file)),
      profiles: profiles ?? [],
      environment: environment ?? {},
      namedVolumes: 'claims',
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}
