import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { DevloopError } from '@devloop/shared/errors/devloop-error';

/** Opens an address in the user's browser. */
export async function openInBrowser(url: string, signal: AbortSignal): Promise<void> {
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(opener, [url], { detached: true, stdio: 'ignore' });
  child.unref();
  try {
    const [code] = await once(child, 'exit', { signal });
    if (code === 0) return;
    throw notOpened(url, `${opener} ended with exit code ${code}.`);
  } catch (error) {
    if (error instanceof DevloopError || signal.aborted) throw error;
    throw notOpened(url, `${opener} cannot be started.`, error);
  }
}

function notOpened(url: string, why: string, cause?: unknown): DevloopError {
  return new DevloopError('command/invalid', `No browser was opened: ${why}`, `Open it yourself: ${url}`, { cause });
}
