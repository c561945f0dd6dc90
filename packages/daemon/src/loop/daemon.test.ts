import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.fake.ts';
import type { FileWatcher, WatchListener } from '../watch/file-watcher.ts';
import { Daemon } from './daemon.ts';

const { signal } = new AbortController();

/** Notifications that the test gives, from a system that refuses to watch when it is told to. */
class GivenWatcher implements FileWatcher {
  #listener: WatchListener | undefined;
  #refusal: Error | undefined;

  async watch(_roots: unknown, listener: WatchListener): Promise<AsyncDisposable> {
    this.#listener = listener;
    const refusal = this.#refusal;
    this.#refusal = undefined;
    if (refusal !== undefined) throw refusal;
    return { [Symbol.asyncDispose]: async () => undefined };
  }

  refuseOnce(error: Error): void {
    this.#refusal = error;
  }

  changed(file: string): void {
    this.#listener?.changed(file);
  }
}

function config(...services: readonly string[]): string {
  const lines = services.map((name) => `  ${name}: { build: . }\n`);
  return `cluster: { context: nowhere }\nservices:\n${lines.join('')}`;
}

test('a project is read again after a time when that failed', async () => {
  const folder = temporaryFolder({ 'devloop.yaml': config('one'), Dockerfile: 'FROM scratch\nEXPOSE 80' });
  const watcher = new GivenWatcher();
  const [stateFolder, logsFolder] = [temporaryFolder(), temporaryFolder()];
  await using daemon = new Daemon(folder, '1.0.0', watcher, { works: false, sandbox: false, stateFolder, logsFolder });
  await daemon.start();
  const save = (...services: readonly string[]) => {
    writeFileSync(join(folder, 'devloop.yaml'), config(...services));
    watcher.changed(join(folder, 'devloop.yaml'));
  };
  watcher.refuseOnce(new Error('too many open files'));
  save('one', 'two');
  await daemon.log.until(({ warnings }) => warnings.find(({ message }) => message.includes('too many')), signal);
  save('one', 'two', 'three');
  await daemon.log.until(({ services }) => services.get('three'), signal);
  expect(daemon.serviceNames).toEqual(['one', 'two', 'three']);
});
