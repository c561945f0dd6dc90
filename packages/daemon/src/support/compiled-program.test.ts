import { readdir, readFile, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { CompiledProgram } from './compiled-program.ts';
import { temporaryFolder } from './temporary-folder.fake.ts';

const SOURCE = `
const os = require('node:os');
exports.twice = (text) => text + text;
exports.where = () => [__filename, __dirname, module.exports === exports, os.EOL];
exports.late = (name) => import(name);
`;

interface Exports {
  twice(text: string): string;
  where(): unknown[];
  late(name: string): Promise<object>;
}

async function stage(source = SOURCE) {
  const scratch = temporaryFolder();
  const file = path.join(scratch, 'program.cjs');
  const folder = path.join(scratch, 'cache', 'devloop');
  await writeFile(file, source);
  const load = () => new CompiledProgram(file, folder);
  return { scratch, file, folder, load, kept: () => readdir(folder) };
}

test('it runs as a module of CommonJS, and can import others', async () => {
  const { load, file, scratch } = await stage();
  const exports = load().run() as Exports;
  expect(exports.twice('ab')).toBe('abab');
  expect(exports.where()).toEqual([file, scratch, true, '\n']);
  expect(await exports.late('node:path')).toHaveProperty('join');
});

test('what was compiled in one run is there in the next, and for nobody else to read', async () => {
  const { load, folder, kept } = await stage();
  const first = load();
  expect(first.isWarm).toBe(false);
  (first.run() as Exports).twice('called');
  await first.keep();
  const [name = ''] = await kept();
  const { mode, size } = await stat(path.join(folder, name));
  expect(mode & 0o077).toBe(0);

  const second = load();
  expect(second.isWarm).toBe(true);
  expect((second.run() as Exports).twice('ab')).toBe('abab');
  await second.keep();
  expect(await kept()).toEqual([name]);

  const uncalled = await stage();
  await uncalled.load().keep();
  const [other = ''] = await uncalled.kept();
  expect((await stat(path.join(uncalled.folder, other))).size).toBeLessThan(size);
});

test('what is not as it was written is not used, and written anew', async () => {
  const { load, folder, kept } = await stage();
  await load().keep();
  const [name = ''] = await kept();
  const file = path.join(folder, name);
  const whole = await readFile(file);
  const damaged = Buffer.from(whole);
  damaged.writeUInt8(damaged.readUInt8(whole.length / 2) ^ 1, whole.length / 2);
  for (const damage of [
    () => truncate(file, 0),
    () => truncate(file, whole.length - 1),
    () => writeFile(file, 'nonsense'),
    () => writeFile(file, damaged),
  ]) {
    await damage();
    const program = load();
    expect(program.isWarm).toBe(false);
    expect((program.run() as Exports).twice('ab')).toBe('abab');
    await program.keep();
    expect(load().isWarm).toBe(true);
  }
});

test('another text of the same length has its own, and only the newest are kept', async () => {
  const { load, file, folder, kept } = await stage();
  for (let version = 0; version < 8; version += 1) {
    await writeFile(file, `exports.version = ${version};`);
    const program = load();
    expect(program.isWarm).toBe(false);
    expect(program.run()).toEqual({ version });
    await program.keep();
    for (const name of await kept()) {
      const { mtimeMs } = await stat(path.join(folder, name));
      await utimes(path.join(folder, name), mtimeMs / 1000 - 60, mtimeMs / 1000 - 60);
    }
  }
  expect(await kept()).toHaveLength(6);
  expect(load().isWarm).toBe(true);
});

test('where nothing can be kept it runs all the same', async () => {
  const { scratch, file } = await stage();
  await writeFile(path.join(scratch, 'taken'), '');
  const program = new CompiledProgram(file, path.join(scratch, 'taken', 'devloop'));
  expect((program.run() as Exports).twice('ab')).toBe('abab');
  await program.keep();
  expect((await readdir(scratch)).toSorted()).toEqual(['program.cjs', 'taken']);
});

test('a program that cannot be compiled says where', async () => {
  const { load, file } = await stage('exports = ;');
  expect(load).toThrow(SyntaxError);
  expect(load).toThrow(expect.objectContaining({ stack: expect.stringContaining(`${file}:1`) }));
});
