import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { extract, type Header } from 'tar-stream';
import { describe, expect, test } from 'vitest';
import { temporaryFolder, writeFiles } from '../support/temporary-folder.fake.ts';
import { IgnoreRules } from '../watch/ignore-rules.ts';
import { type ContextEntry, ContextScanner } from '../watch/scan-context.ts';
import { type ContextArchive, packContext } from './context-archive.ts';

const DOCKERFILE = 'FROM scratch\n';
const large = 'x'.repeat(600_000);

async function scan(folder: string, rules = ''): Promise<ContextEntry[]> {
  return await new ContextScanner().scan(folder, new IgnoreRules(rules), new AbortController().signal);
}

async function unpack({ stream }: ContextArchive): Promise<Map<string, { header: Header; text: string }>> {
  const found = new Map<string, { header: Header; text: string }>();
  const unpacked = extract();
  unpacked.on('entry', (header, content, next) => {
    text(content).then((read) => {
      found.set(header.name, { header, text: read });
      next();
    }, unpacked.destroy.bind(unpacked));
  });
  await new Promise<void>((resolve, reject) => {
    stream.once('error', reject);
    unpacked.once('error', reject).once('finish', resolve);
    stream.pipe(unpacked as unknown as NodeJS.WritableStream);
  });
  return found;
}

test('holds what was scanned, with modes, links and empty folders', async () => {
  const folder = temporaryFolder({ Dockerfile: DOCKERFILE, 'bin/run': '#!/bin/sh', empty: '', large, ignored: 'i' });
  chmodSync(join(folder, 'bin/run'), 0o755);
  mkdirSync(join(folder, 'hollow'));
  symlinkSync('bin/run', join(folder, 'link'));
  const dockerfile = { path: join(folder, 'Dockerfile'), text: DOCKERFILE };
  const archive = packContext(folder, await scan(folder, 'ignored'), dockerfile);
  expect(archive.dockerfile).toBe('Dockerfile');
  const found = await unpack(archive);
  expect([...found.keys()].sort()).toEqual(['Dockerfile', 'bin', 'bin/run', 'empty', 'hollow', 'large', 'link']);
  expect(found.get('bin/run')).toMatchObject({ header: { mode: 0o755, type: 'file' }, text: '#!/bin/sh' });
  expect(found.get('link')).toMatchObject({ header: { type: 'symlink', linkname: 'bin/run' } });
  expect(found.get('large')?.text).toBe(large);
  expect(found.get('empty')?.text).toBe('');
});

describe('a Dockerfile that the context does not hold is sent as well', () => {
  test.each(['outside', 'ignored', 'a link'])('%s', async (where) => {
    const folder = temporaryFolder({ 'context/a': 'a', 'Dockerfile.dev': DOCKERFILE });
    const context = join(folder, 'context');
    if (where === 'ignored') writeFiles(context, { Dockerfile: DOCKERFILE });
    if (where === 'a link') symlinkSync('../Dockerfile.dev', join(context, 'Dockerfile'));
    const path = where === 'outside' ? join(folder, 'Dockerfile.dev') : join(context, 'Dockerfile');
    const entries = await scan(context, where === 'ignored' ? 'Dockerfile' : '');
    const archive = packContext(context, entries, { path, text: DOCKERFILE });
    const found = await unpack(archive);
    expect(archive.dockerfile).not.toBe('Dockerfile');
    expect(found.get(archive.dockerfile)?.text).toBe(DOCKERFILE);
    expect(found.get('a')?.text).toBe('a');
  });
});

describe('fails when a file is no longer what was scanned', () => {
  const changes: Record<string, (file: string, folder: string, name: string) => void> = {
    'same size': (_file, folder, name) => writeFiles(folder, { [name]: name === 'small' ? 'b' : `y${large.slice(1)}` }),
    larger: (_file, folder, name) => writeFiles(folder, { [name]: `${large}${large}` }),
    smaller: (_file, folder, name) => writeFiles(folder, { [name]: '' }),
    gone: (file) => rmSync(file),
    'a folder by now': (file) => {
      rmSync(file);
      mkdirSync(file);
    },
  };
  for (const name of ['small', 'large']) {
    test.each(Object.entries(changes))(`${name}: %s`, async (_how, change) => {
      const folder = temporaryFolder({ small: 'a', large });
      const entries = await scan(folder);
      change(join(folder, name), folder, name);
      const archive = packContext(folder, entries, { path: join(folder, 'Dockerfile'), text: DOCKERFILE });
      await expect(unpack(archive)).rejects.toMatchObject({ code: 'build/context-changed' });
    });
  }

  test('a size that was read before the content', async () => {
    const folder = temporaryFolder({ large });
    const entries = (await scan(folder)).map((entry) => ({ ...entry, size: entry.size + 10 }));
    const archive = packContext(folder, entries, { path: join(folder, 'Dockerfile'), text: DOCKERFILE });
    await expect(unpack(archive)).rejects.toMatchObject({ code: 'build/context-changed' });
  });
});

test.each([
  ['small', 'x'.repeat(60_000)],
  ['large', large],
])('given up while a %s file is sent, it tells its reader and nobody else', async (_size, content) => {
  const folder = temporaryFolder({ Dockerfile: DOCKERFILE, first: content, second: content });
  const dockerfile = { path: join(folder, 'Dockerfile'), text: DOCKERFILE };
  const { stream } = packContext(folder, await scan(folder), dockerfile);
  const superseded = new Error('superseded');
  const told: unknown[] = [];
  stream.on('error', (error) => told.push(error));
  stream.on('data', (chunk) => {
    if ((chunk as Buffer).length > 10_000) stream.destroy(superseded);
  });
  await new Promise<void>((resolve) => stream.once('close', () => resolve()));
  expect(told).toEqual([superseded]);
});
