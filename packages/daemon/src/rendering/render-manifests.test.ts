import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.fake.ts';
import { commandsOf, renderManifests } from './render-manifests.ts';
import type { RenderSource } from './render-source.ts';

const { signal } = new AbortController();
const kustomization: RenderSource = { tool: 'kustomize', folder: '/shop/overlays/dev' };
const chart: RenderSource = {
  tool: 'helm',
  chart: '/shop/chart',
  release: 'shop',
  values: ['/shop/values.yaml', '/shop/dev.yaml'],
  set: { 'image.tag': '1.10', replicas: 2, 'args.list': 'a,b\\c', debug: true },
  namespace: 'dev',
};

/** An environment with nothing on the PATH but these scripts and the system's shell. */
function withPrograms(programs: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const folder = temporaryFolder();
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return { PATH: folder };
}

test('a chart is rendered with its values in their order, texts kept texts, commas no lists', () => {
  expect(commandsOf(chart)).toEqual([
    {
      program: 'helm',
      args: [
        ...['template', 'shop', '/shop/chart', '--include-crds', '--skip-tests', '--namespace', 'dev'],
        ...['--values', '/shop/values.yaml', '--values', '/shop/dev.yaml'],
        ...['--set-string', 'image.tag=1.10', '--set', 'replicas=2', '--set-string', 'args.list=a\\,b\\\\c'],
        ...['--set', 'debug=true'],
      ],
    },
  ]);
});

describe('a kustomization', () => {
  test('is rendered by kustomize, or where that is not installed by kubectl', async () => {
    const kubectl = { kubectl: 'echo "kubectl $*"' };
    const both = withPrograms({ ...kubectl, kustomize: 'echo "kustomize $*"' });
    expect(await renderManifests(kustomization, both, signal)).toEqual({
      ok: true,
      text: 'kustomize build /shop/overlays/dev',
    });
    expect(await renderManifests(kustomization, withPrograms(kubectl), signal)).toEqual({
      ok: true,
      text: 'kubectl kustomize /shop/overlays/dev',
    });
  });

  test('that cannot be rendered is told in the tool’s last words, with what can be tried by hand', async () => {
    const env = withPrograms({ kubectl: 'echo "warning: old" >&2; echo "error: no such file: web.yaml" >&2; exit 1' });
    expect(await renderManifests(kustomization, env, signal)).toMatchObject({
      ok: false,
      message: expect.stringContaining('error: no such file: web.yaml'),
      hint: expect.stringContaining('kubectl kustomize /shop/overlays/dev'),
    });
  });
});

test.each([
  [kustomization, /neither kustomize nor kubectl is on the PATH/],
  [chart, /helm is not on the PATH/],
])('without the tool, which is missing and how to have it', async (source, message) => {
  const outcome = await renderManifests(source, withPrograms({}), signal);
  expect(outcome).toMatchObject({ ok: false, message: expect.stringMatching(message) });
  expect(outcome).toMatchObject({ hint: expect.stringContaining('https://') });
});

test('a tool that is no longer waited for is ended', async () => {
  const folder = temporaryFolder();
  const controller = new AbortController();
  const env = withPrograms({ helm: `echo $$ > ${folder}/pid; exec /bin/sleep 1000` });
  const rendering = renderManifests(chart, env, controller.signal);
  const reason = new Error('the daemon is stopping');
  controller.abort(reason);
  await expect(rendering).rejects.toBe(reason);
});
