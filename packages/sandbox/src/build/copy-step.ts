import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { constants, createGunzip, gunzipSync } from 'node:zlib';
import type { RunConfig } from '../images/stored-image.ts';
import type { RootFiles } from '../runtime/root-files.ts';
import { unpack } from '../runtime/tar-files.ts';
import { lookUpUser } from '../runtime/users.ts';
import { BuildFailure } from './build-words.ts';
import { copyInto, findSources } from './copy-files.ts';
import { type Instruction, parseError } from './dockerfile.ts';
import { expandWords, type Lookup } from './substitution.ts';

const TAR_MAGIC_AT = 257;
/** Enough of a file to see whether it is an archive, compressed or not. */
const HEAD_BYTES = 4096;
const OTHER_ARCHIVE = /\.(?:tbz2?|txz|tar\.(?:bz2|xz|zst))$/;

/** COPY and ADD as they are meant, variables replaced. */
export interface CopyStep {
  readonly sources: readonly string[];
  /** Absolute; ends with a slash for a folder. */
  readonly destination: string;
  readonly mode: number | undefined;
  readonly owner: string | undefined;
  readonly unpacks: boolean;
}

/** @throws DockerfileError, BuildFailure */
export function readCopy(
  instruction: Instruction,
  config: RunConfig,
  lookup: Lookup,
  escapeCharacter: string,
): CopyStep {
  const { keyword, line, flags, json, text } = instruction;
  const words = (json ?? [text]).flatMap((one) =>
    json === undefined ? expandWords(one, lookup, escapeCharacter) : [one],
  );
  const destination = words.at(-1);
  if (destination === undefined || words.length < 2) {
    const missing = 'requires at least two arguments, but only one was provided. Destination could not be determined';
    throw parseError(line, `${keyword} ${missing}`);
  }
  const known = ['from', 'chown', 'chmod', 'link', ...(keyword === 'ADD' ? ['keep-git-dir', 'checksum'] : [])];
  const unknown = Object.keys(flags).find((flag) => !known.includes(flag));
  if (unknown !== undefined) throw parseError(line, `unknown flag: --${unknown}`);
  const sources = words.slice(0, -1);
  const remote = sources.find((source) => /^(?:https?:\/\/|git@|git:)/.test(source));
  if (keyword === 'ADD' && remote !== undefined) {
    throw new BuildFailure(
      `failed to load cache key: ${remote}: the sandbox has no network to download from; put the file into the context`,
    );
  }
  if (sources.some((source) => source.startsWith('<<'))) {
    throw parseError(line, `the sandbox knows here-documents in RUN only, not in ${keyword}`);
  }
  if (sources.length > 1 && !/(?:\/|^\.{1,2})$/.test(destination)) {
    throw parseError(
      line,
      `When using ${keyword} with more than one source file, the destination must be a directory and end with a /`,
    );
  }
  const mode = flags['chmod'];
  if (mode !== undefined && !/^0?[0-7]{1,4}$/.test(mode))
    throw parseError(line, `invalid chmod parameter: '${mode}'. it should be octal string and between 0 and 07777`);
  const absolute = path.posix.resolve('/', config.workdir, destination);
  const isFolder = /\/$|(?:^|\/)\.{1,2}$/.test(destination) && absolute !== '/';
  return {
    sources,
    destination: isFolder ? `${absolute}/` : absolute,
    mode: mode === undefined ? undefined : Number.parseInt(mode, 8),
    owner: flags['chown'],
    unpacks: keyword === 'ADD',
  };
}

/** What the layer of a COPY is made from, apart from the ground it lies on. */
export function copyKey(step: CopyStep, contents: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([step, contents]))
    .digest('hex');
}

/** Copies, and unpacks what ADD unpacks. @throws SourceNotFound, UnknownUser */
export async function copyFiles(step: CopyStep, from: RootFiles, to: RootFiles): Promise<void> {
  if (step.owner !== undefined) lookUpUser(step.owner, to);
  const sources = findSources(from, step.sources);
  const archives = step.unpacks ? sources.filter((source) => isTar(from, source)) : [];
  const plain = sources.filter((source) => !archives.includes(source));
  if (plain.length > 0) copyInto(from, plain, to, step.destination, step.mode);
  for (const source of archives) {
    using place = from.place(source, { follow: true });
    const content = createReadStream(place.path);
    to.makeFolder(step.destination);
    await unpack(isGzip(from, source) ? content.pipe(createGunzip()) : content, to, step.destination);
  }
}

/** By its content, as Docker judges it. @throws BuildFailure for archives that Docker would unpack, and this does not */
function isTar(files: RootFiles, file: string): boolean {
  if (!files.stat(file)?.isFile()) return false;
  if (OTHER_ARCHIVE.test(file)) {
    throw new BuildFailure(`ADD ${path.posix.basename(file)}: the sandbox unpacks archives of tar and gzip only`);
  }
  const bytes = isGzip(files, file) ? firstUnzipped(head(files, file)) : head(files, file);
  return bytes.toString('latin1', TAR_MAGIC_AT, TAR_MAGIC_AT + 5) === 'ustar';
}

function isGzip(files: RootFiles, file: string): boolean {
  const bytes = head(files, file);
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function firstUnzipped(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return Buffer.of(); // broken: a file like any other
  }
}

function head(files: RootFiles, file: string): Buffer {
  using place = files.place(file, { follow: true });
  const fd = openSync(place.path, 'r');
  try {
    const bytes = Buffer.alloc(HEAD_BYTES);
    return bytes.subarray(0, readSync(fd, bytes));
  } finally {
    closeSync(fd);
  }
}
