import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { DevloopError } from '@devloop/shared/errors/devloop-error';
import { sandboxFailed, sandboxLimited, sandboxRefused } from './sandbox-errors.ts';
import { sandboxMain } from './sandbox-main.ts';

/** What it says when it is only asked, as `SandboxForecast` of its package. */
type Said =
  | { readonly type: 'possible'; readonly limitedBecause?: string }
  | { readonly type: 'failed'; readonly message: string; readonly isRefused: boolean };

/**
 * What a sandbox could not do on this machine; undefined: it could do all.
 *
 * @throws DevloopError where there can be none; the signal's reason
 */
export async function sandboxLimits(signal: AbortSignal): Promise<DevloopError | undefined> {
  const { stdout } = await promisify(execFile)(process.execPath, [sandboxMain(), '--check'], { signal });
  const said = JSON.parse(stdout) as Said;
  if (said.type === 'failed') throw said.isRefused ? sandboxRefused(said.message) : sandboxFailed(said.message);
  return said.limitedBecause === undefined ? undefined : sandboxLimited(said.limitedBecause);
}
