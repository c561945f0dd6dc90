import { createRequire } from 'node:module';

/** The sandbox's program: run as a process of its own, never imported. The daemon has it, whoever asks. */
export function sandboxMain(): string {
  const daemon = createRequire(import.meta.url).resolve('@devloop/daemon/main');
  return createRequire(daemon).resolve('@devloop/sandbox/host/main');
}
