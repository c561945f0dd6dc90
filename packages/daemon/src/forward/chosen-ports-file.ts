import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from '@devloop/shared/zod';

const FILE = 'ports.json';
const Remembered = z.record(z.string(), z.int().min(1).max(65_535));

/** The local ports that were chosen for a project, so that the next daemon chooses the same. */
export class ChosenPortsFile {
  readonly #file: string;
  #known: Readonly<Record<string, number>> | undefined;

  /** @param folder is made when it is needed */
  constructor(folder: string) {
    this.#file = path.join(folder, FILE);
  }

  /** What was chosen last; nothing where the file is not there or not readable: then it is chosen anew, mostly the same. */
  async read(): Promise<Readonly<Record<string, number>>> {
    this.#known ??= await readRemembered(this.#file);
    return this.#known;
  }

  /** Adds to what was chosen. What the config no longer has stays remembered: it may come back. */
  async add(chosen: Readonly<Record<string, number>>): Promise<void> {
    const before = await this.read();
    const now = { ...before, ...chosen };
    if (JSON.stringify(now) === JSON.stringify(before)) return;
    this.#known = now;
    const draft = `${this.#file}.${process.pid}`;
    try {
      await mkdir(path.dirname(this.#file), { recursive: true, mode: 0o700 });
      await writeFile(draft, `${JSON.stringify(now, undefined, 2)}\n`);
      await rename(draft, this.#file);
    } catch {
      // a home that cannot be written to: the choice follows from the project all the same, and is kept until the end
    }
  }
}

async function readRemembered(file: string): Promise<Readonly<Record<string, number>>> {
  try {
    return Remembered.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return {};
  }
}
