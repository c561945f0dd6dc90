import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { REPOSITORY } from './devloop-rig.ts';

const PROGRAMS = ['tui/bundle/main.js', 'daemon/bundle/main.js', 'sandbox/bundle/node/main.js'];

/** @throws Error where the programs that tests run are older than what they are made of */
export async function expectFreshBuild(): Promise<void> {
  const packages = path.join(REPOSITORY, 'packages');
  const sources = await readdir(packages, { recursive: true });
  const isSource = /^[^/]+\/src\/.*(?<!\.test|\.fake)\.ts$/;
  const newest = Math.max(...(await Promise.all(sources.filter((file) => isSource.test(file)).map(written))));
  for (const program of PROGRAMS) {
    if (existsSync(path.join(packages, program)) && (await written(program)) >= newest) continue;
    throw new Error(`packages/${program} is missing or older than what it is made of. Build first: npm run build`);
  }

  async function written(file: string): Promise<number> {
    return (await stat(path.join(packages, file))).mtimeMs;
  }
}
