import { mkdtempSync, readlinkSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HeldFolder } from './held-folder.ts';
import { NamedFolder } from './permissions/named-folder.ts';
import { pinLinks } from './permissions/pinned-links.ts';
import { RootFiles } from './root-files.ts';

let folder: string;
let root: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'root-files-')));
  root = path.join(folder, 'root');
  new RootFiles(folder).makeFolder('/root');
  writeFileSync(path.join(folder, 'outside'), 'of the person');
});

afterEach(() => rmSync(folder, { recursive: true }));

describe.each([
  ['held by descriptors', HeldFolder.open],
  ['known by their paths', NamedFolder.open],
])('folders %s', (_, open) => {
  let files: RootFiles;

  beforeEach(() => {
    files = new RootFiles(root, open);
    files.makeFolder('/app/data');
    writeFileSync(path.join(root, 'app/data/file'), 'of the image');
  });

  test.each([
    ['/app/data/file', '/app/data/file'],
    ['app//data/./file', '/app/data/file'],
    ['/../../app/data/../data/file', '/app/data/file'],
    ['/relative', '/app/data/file'],
    ['/absolute', '/app/data/file'],
    ['/app/through/file', '/app/data/file'],
    ['/high/app/data/file', '/app/data/file'],
  ])('%s is %s', (file, expected) => {
    symlinkSync('app/data/file', path.join(root, 'relative'));
    symlinkSync('/app/data/file', path.join(root, 'absolute'));
    symlinkSync('data', path.join(root, 'app/through'));
    symlinkSync('../../../..', path.join(root, 'high'));
    expect(files.read(file)?.toString()).toBe('of the image');
    using place = files.place(file, { follow: true });
    expect(place.inRoot).toBe(expected);
  });

  test.each(['../outside', '../../outside', '/../outside'])('a link to %s leads to nothing', (to) => {
    symlinkSync(to, path.join(root, 'app/link'));
    expect(files.read('/app/link')).toBeUndefined();
    expect(files.lstat('/app/link')?.isSymbolicLink()).toBe(true);
    expect(files.makeFile('/app/link')).toBe('/outside');
  });

  test('links that lead to each other are told, and files are no folders', () => {
    symlinkSync('b', path.join(root, 'a'));
    symlinkSync('a', path.join(root, 'b'));
    expect(() => files.place('/a', { follow: true })).toThrow(expect.objectContaining({ code: 'ELOOP' }));
    expect(() => files.place('/app/data/file/x', { follow: true })).toThrow(
      expect.objectContaining({ code: 'ENOTDIR' }),
    );
    expect(() => files.place('/nothing/x', { follow: true })).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect(files.makeFolder('/new/ones/below')).toBe('/new/ones/below');
  });
});

test('pinned links lead where they led, for the system too, and are as they were afterwards', async () => {
  const files = new RootFiles(root, NamedFolder.open);
  files.makeFolder('/app/data');
  writeFileSync(path.join(root, 'app/data/file'), 'of the image');
  symlinkSync('data/file', path.join(root, 'app/link'));
  symlinkSync('../../../outside', path.join(root, 'app/out'));
  const unpin = await pinLinks(root);
  const link = path.join(root, 'app/link');
  expect(readlinkSync(link)).toBe(path.join(root, 'app/data/file'));
  expect(readlinkSync(path.join(root, 'app/out'))).toBe(path.join(root, 'outside'));
  expect(files.read('/app/link')?.toString()).toBe('of the image');
  await unpin();
  expect(readlinkSync(link)).toBe('/app/data/file');
  expect(files.read('/app/link')?.toString()).toBe('of the image');
});
