import { readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { constants, Script } from 'node:vm';
import { crc32 } from 'node:zlib';

/** Of other versions of the program, and of Node: two checkouts must not take it from each other. */
const MOST_KEPT = 6;
const CHECKSUM_BYTES = 4;

/**
 * A program in one file of CommonJS, and what V8 had compiled of it in an earlier run. Node's own cache of compiled code has
 * what is compiled when a file is loaded; by far the most functions are compiled when they are first called.
 */
export class CompiledProgram {
  /** Whether it begins with what an earlier run has kept. */
  readonly isWarm: boolean;
  readonly #file: string;
  readonly #kept: string;
  readonly #script: Script;

  /**
   * @param file in ASCII
   * @param folder what is kept lies there; made when something is
   * @throws what reading and compiling the file fail with; that nothing usable is kept is no failure
   */
  constructor(file: string, folder: string) {
    const source = readFileSync(file);
    const version = `${process.version}-${process.arch}-${crc32(source).toString(16)}`;
    this.#file = file;
    this.#kept = path.join(folder, `${path.basename(file)}-${version}`);
    const cachedData = readKept(this.#kept);
    this.#script = new Script(
      `(function (exports, require, module, __filename, __dirname) {${source.toString('latin1')}\n})`,
      {
        filename: file,
        cachedData,
        importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
      },
    );
    // V8 refuses what it has not made itself, with the same flags
    this.isWarm = cachedData !== undefined && this.#script.cachedDataRejected === false;
  }

  /** Runs the file. @returns what it exports */
  run(): unknown {
    const module: { exports: unknown } = { exports: {} };
    const run = this.#script.runInThisContext() as (...given: unknown[]) => void;
    run(module.exports, createRequire(this.#file), module, this.#file, path.dirname(this.#file));
    return module.exports;
  }

  /**
   * Keeps what has been compiled by now for the runs to come, which takes a moment in which nothing else goes on. A folder
   * that cannot be written to is no failure: the next run compiles once more.
   */
  async keep(): Promise<void> {
    if (this.isWarm) return;
    const data = this.#script.createCachedData();
    const checksum = Buffer.alloc(CHECKSUM_BYTES);
    checksum.writeUInt32LE(crc32(data));
    const folder = path.dirname(this.#kept);
    const unfinished = `${this.#kept}.${process.pid}`;
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(unfinished, Buffer.concat([checksum, data]), { mode: 0o600 });
      await rename(unfinished, this.#kept);
      await removeOldest(folder, `${path.basename(this.#file)}-`);
    } catch {
      await rm(unfinished, { force: true }).catch(() => undefined);
    }
  }
}

/** Undefined where there is none, or not as it was written. */
function readKept(file: string): Buffer | undefined {
  try {
    const kept = readFileSync(file);
    const data = kept.subarray(CHECKSUM_BYTES);
    return kept.readUInt32LE() === crc32(data) ? data : undefined;
  } catch {
    return undefined;
  }
}

async function removeOldest(folder: string, prefix: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(prefix));
  const files = await Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name);
      return { file, writtenAt: (await stat(file)).mtimeMs };
    }),
  );
  const old = files.sort((a, b) => b.writtenAt - a.writtenAt).slice(MOST_KEPT);
  await Promise.all(old.map(({ file }) => rm(file, { force: true })));
}
