import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { poll } from './poll.ts';
import { mustRun, runCommand } from './run-command.ts';
import { openTerminal, type TestTerminal } from './terminal.ts';

export interface TmuxOptions {
  readonly columns: number;
  readonly rows: number;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** An interactive bash in a tmux of its own: job control and a terminal as users have them. */
export class TmuxShell implements AsyncDisposable {
  readonly #folder: string;
  readonly #name = `scn-${randomBytes(4).toString('hex')}`;
  readonly #env: Readonly<Record<string, string | undefined>>;

  private constructor(folder: string, env: TmuxOptions['env']) {
    this.#folder = folder;
    this.#env = { ...env, LANG: 'C.UTF-8', LC_ALL: undefined, TMUX: undefined, TMUX_TMPDIR: folder };
  }

  static async open({ columns, rows, cwd, env }: TmuxOptions): Promise<TmuxShell> {
    const shell = new TmuxShell(await mkdtemp(path.join(tmpdir(), 'scn-tmux-')), env);
    const size = ['-x', String(columns), '-y', String(rows)];
    try {
      await shell.#tmux('-f', '/dev/null', 'new-session', '-d', ...size, '-c', cwd, 'bash --norc --noprofile -i');
      await shell.shows(/[#$]$/m);
      return shell;
    } catch (error) {
      await shell[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Types text as it is. */
  async type(text: string): Promise<void> {
    await this.#tmux('send-keys', '-l', text);
  }

  /** Presses keys by tmux's words for them: `Enter`, `C-z`. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#tmux('send-keys', ...keys);
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** A terminal that shows this tmux, for what only a terminal sends: the mouse. tmux has it on from then on. */
  async attach(size: { readonly columns: number; readonly rows: number }): Promise<TestTerminal> {
    await this.#tmux('set-option', '-g', 'mouse', 'on');
    return openTerminal(['tmux', '-L', this.#name, 'attach-session'], { ...size, env: this.#env });
  }

  /** What the screen shows now. */
  frame(): Promise<string> {
    return this.#tmux('capture-pane', '-p');
  }

  /** One of tmux's variables, as `alternate_on`. */
  async variable(name: string): Promise<string> {
    return (await this.#tmux('display-message', '-p', `#{${name}}`)).trim();
  }

  /** Resolves with the first frame seen that holds what is wanted; tmux tells nobody when it paints. */
  shows(wanted: string | RegExp): Promise<string> {
    const holds = (frame: string) => (typeof wanted === 'string' ? frame.includes(wanted) : wanted.test(frame));
    return this.until(holds, String(wanted));
  }

  /** Resolves with the first frame seen for which something is true. */
  until(isSo: (frame: string) => boolean, what: string): Promise<string> {
    return poll(() => this.frame(), isSo, { what: `tmux shows ${what}`, timeoutMs: 90_000 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await runCommand('tmux', ['-L', this.#name, 'kill-server'], { env: this.#env });
    await rm(this.#folder, { recursive: true, force: true });
  }

  #tmux(...args: readonly string[]): Promise<string> {
    return mustRun('tmux', ['-L', this.#name, ...args], { env: this.#env });
  }
}
