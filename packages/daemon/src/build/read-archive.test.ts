import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { expect, test } from 'vitest';
import { fileInArchive } from './read-archive.ts';

test('the text of the file is read, whatever else there is', async () => {
  const archive = pack();
  archive.entry({ name: 'etc', type: 'directory' });
  archive.entry({ name: 'passwd' }, 'node:x:1000:\n');
  archive.entry({ name: 'other' }, 'not this one');
  archive.finalize();
  expect(await fileInArchive(archive as unknown as Readable)).toBe('node:x:1000:\n');
});

test('an archive without a file, or with one that is no settings, has none', async () => {
  const link = pack();
  link.entry({ name: 'passwd', type: 'symlink', linkname: 'elsewhere' });
  link.finalize();
  expect(await fileInArchive(link as unknown as Readable)).toBeUndefined();
  const long = pack();
  long.entry({ name: 'passwd' }, 'x'.repeat(1024 * 1024 + 1));
  long.finalize();
  expect(await fileInArchive(long as unknown as Readable)).toBeUndefined();
});

test('one that breaks off is an error', async () => {
  const broken = new Readable({ read: () => undefined });
  queueMicrotask(() => broken.destroy(new Error('the connection is gone')));
  await expect(fileInArchive(broken)).rejects.toThrow('the connection is gone');
});
