import { createRequire } from 'node:module';

/** The sandbox's program: run as a process of its own, never imported. The daemon has it, whoever asks. */
export function sandboxMain(): string {
  return createRequire(import.meta.resolve('@devloop/daemon/main')).resolve('@devloop/sandbox/host/main');
}
