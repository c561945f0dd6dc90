import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ServiceSpec } from '../project/project.ts';
import { EventLog } from '../state/event-log.ts';
import { temporaryFolder } from '../support/temporary-folder.fake.ts';
import { ContextScanner } from '../watch/scan-context.ts';
import { ServiceLoop } from './service-loop.ts';

test('a look that the end of the loop overtakes is no failure', async () => {
  const folder = temporaryFolder({ Dockerfile: 'FROM scratch', a: '1' });
  const build = { context: folder, dockerfile: join(folder, 'Dockerfile'), target: undefined, args: {}, image: 'web' };
  const log = new EventLog();
  const loop = new ServiceLoop({ name: 'web', build, manifests: [] } as Partial<ServiceSpec> as ServiceSpec, {
    log,
    scanner: new ContextScanner(),
    folder,
    context: () => undefined,
    onUnreachable: () => undefined,
    signal: new AbortController().signal,
  });
  log.dispatch({
    type: 'config-loaded',
    project: 'shop',
    services: ['web'],
    added: ['web'],
    removed: [],
    changed: [],
  });
  await loop.start();
  const look = loop.lookAgain();
  await loop.close();
  expect(await look).toBe(1);
});
