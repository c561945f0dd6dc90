import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Carries out lines of iproute2's `ip -batch` in this process's network namespace.
 *
 * @throws Error with what `ip` says
 */
export async function ip(lines: readonly string[]): Promise<void> {
  const child = spawn('ip', ['-batch', '-'], { stdio: ['pipe', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  child.stdin.once('error', () => undefined); // told by the exit
  child.stdin.end(`${lines.join('\n')}\n`);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`ip -batch failed with exit code ${code}: ${said.trim()}`);
}
