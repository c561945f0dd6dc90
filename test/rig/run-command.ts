import { spawn } from 'node:child_process';

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs?: number;
  readonly input?: string;
}

export interface CommandResult {
  readonly command: string;
  /** Exit code; 128 + signal number where a signal ended it, as a shell counts. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order in which they came. */
  readonly output: string;
}

const DEFAULT_TIMEOUT_MS = 60_000;

/** Runs a real child process to its end. Throws only if it could not be started or took too long. */
export function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const command = [file, ...args].join(' ');
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: options.cwd, env: options.env, stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    let output = '';
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      output += text;
    });
    child.stdin.on('error', () => {}); // a command that does not read its input
    child.stdin.end(options.input ?? '');
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (late) reject(new Error(`${command}\ndid not end within ${timeoutMs} ms; it had said:\n${output}`));
      else resolve({ command, code: code ?? (signal === 'SIGKILL' ? 137 : 143), stdout, stderr, output });
    });
  });
}

/** As {@link runCommand}, for a command whose failure ends the test. */
export async function mustRun(file: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const result = await runCommand(file, args, options);
  if (result.code !== 0) throw new Error(`${result.command}\nended with exit code ${result.code}:\n${result.output}`);
  return result.stdout;
}
