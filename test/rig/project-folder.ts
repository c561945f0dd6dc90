import { constants, mkdir, open, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A project's folder, and the ways in which editors save into it. */
export class ProjectFolder {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  file(relative: string): string {
    return path.join(this.folder, relative);
  }

  read(relative: string): Promise<string> {
    return readFile(this.file(relative), 'utf8');
  }

  /** One event: a file that was written elsewhere takes the old one's place. */
  async writeAtomic(relative: string, text: string): Promise<void> {
    const temporary = `${this.folder}.${path.basename(relative)}.tmp`;
    await writeFile(temporary, text);
    await rename(temporary, this.file(relative));
  }

  /** As most editors and generators save: a new file beside the old one takes its place. */
  async writeBeside(relative: string, text: string): Promise<void> {
    const temporary = path.join(path.dirname(this.file(relative)), `.${path.basename(relative)}.tmp`);
    await writeFile(temporary, text);
    await rename(temporary, this.file(relative));
  }

  /** In place, the file that was there or a new one; never empty in between, which a daemon may see that is quick. */
  async write(relative: string, text: string): Promise<void> {
    await mkdir(path.dirname(this.file(relative)), { recursive: true });
    await using handle = await open(this.file(relative), constants.O_CREAT | constants.O_WRONLY);
    const { bytesWritten } = await handle.write(text, 0);
    await handle.truncate(bytesWritten);
  }

  /** In place in two steps with a moment between them, in which the file is empty. */
  async truncateAndWrite(relative: string, text: string): Promise<void> {
    const handle = await open(this.file(relative), 'r+');
    await handle.truncate(0);
    await handle.sync();
    await handle.write(text, 0);
    await handle.close();
  }

  /** As vim saves with `backup`: the old file is moved away, a new one is written, the backup removed. */
  async writeLikeVim(relative: string, text: string): Promise<void> {
    const file = this.file(relative);
    await writeFile(path.join(path.dirname(file), '4913'), ''); // vim's probe of whether the folder is writable
    await unlink(path.join(path.dirname(file), '4913'));
    await rename(file, `${file}~`);
    await writeFile(file, text);
    await unlink(`${file}~`);
  }

  async edit(relative: string, change: (text: string) => string): Promise<void> {
    const before = await this.read(relative);
    const after = change(before);
    if (before === after) throw new Error(`The edit of ${relative} changes nothing:\n${before}`);
    await this.writeAtomic(relative, after);
  }
}
