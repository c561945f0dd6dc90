import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { DEVLOOP, REPOSITORY } from './devloop-rig.ts';

/** @throws Error where the programs that tests run are older than what they are made of */
export async function expectFreshBuild(): Promise<void> {
  const remedy = 'Build first: npm run build';
  if (!existsSync(DEVLOOP)) throw new Error(`There is no ${path.relative(REPOSITORY, DEVLOOP)}. ${remedy}`);
  let compiled = 0;
  for (const name of await readdir(path.join(REPOSITORY, 'packages'))) {
    const folder = path.join(REPOSITORY, 'packages', name);
    // tsc leaves what would come out the same as it was, and touches its build information instead
    const built = await newest(folder, 'dist', /\.js$/);
    const checked = await newestFile(path.join(folder, 'tsconfig.tsbuildinfo'));
    const source = await newest(folder, 'src', /(?<!\.test)\.tsx?$/);
    if (source > Math.max(built, checked)) throw new Error(`packages/${name}/src is newer than its dist. ${remedy}`);
    compiled = Math.max(compiled, built);
  }
  for (const program of ['tui/bundle/main.js', 'daemon/bundle/main.js', 'sandbox/bundle/node/main.js']) {
    const bundle = path.join(REPOSITORY, 'packages', program);
    if ((await newestFile(bundle)) >= compiled) continue;
    throw new Error(`${path.relative(REPOSITORY, bundle)} is older than what it is made of. ${remedy}`);
  }
}

async function newest(folder: string, below: string, wanted: RegExp): Promise<number> {
  const root = path.join(folder, below);
  if (!existsSync(root)) return 0;
  const files = (await readdir(root, { recursive: true })).filter((file) => wanted.test(file));
  const times = await Promise.all(files.map((file) => newestFile(path.join(root, file))));
  return Math.max(0, ...times);
}

async function newestFile(file: string): Promise<number> {
  return existsSync(file) ? (await stat(file)).mtimeMs : 0;
}
