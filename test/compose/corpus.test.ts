import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { converted } from './convert.ts';
import { CORPUS } from './corpus.ts';
import { PAGE, withTable } from './write-table.ts';

for (const one of CORPUS) {
  test(`${one.section}: ${one.name}`, async () => {
    const { services, shared, errors, warnings } = await converted(one);
    const said = (list: typeof errors) => list.map(({ message }) => message);
    expect(said(errors)).toEqual((one.errors ?? []).map((words) => expect.stringMatching(words)));
    if (one.errors !== undefined) {
      for (const { file, line, hint } of errors)
        expect([file, line, hint]).toEqual([expect.any(String), expect.any(Number), expect.stringMatching(/./)]);
      return;
    }
    expect(said(warnings)).toEqual((one.warnings ?? []).map((words) => expect.stringMatching(words)));
    const objects = [...services.flatMap((service) => service.objects), ...shared.map(({ object }) => object)];
    const named = Object.fromEntries(objects.map((object) => [`${object.kind}/${object.metadata.name}`, object]));
    expect(named).toMatchObject(one.objects ?? {});
    for (const name of one.without ?? []) expect(named).not.toHaveProperty([name]);
  });
}

test.each([
  ['turned off', 'healthcheck: { test: [NONE] }'],
  ['turned off in short', 'healthcheck: { disable: true }'],
  ['of a program that another command runs instead of', 'command: worker'],
  ['of a program that another entrypoint runs instead of', 'entrypoint: worker'],
])('the HEALTHCHECK of a Dockerfile is no probe where it is %s', async (name, line) => {
  const { services } = await converted({
    section: 'healthcheck',
    name,
    compose: `services: { web: { build: web, ${line} } }\n`,
    files: { 'web/Dockerfile': 'FROM node\nHEALTHCHECK CMD ask\n' },
  });
  const [workload] = services[0]?.objects ?? [];
  expect(workload?.['spec'].template.spec.containers[0].startupProbe).toBeUndefined();
});

test('what several services mount belongs to none, so that it is there before whichever is started first', async () => {
  const { services, shared } = await converted({
    section: 'secrets',
    name: 'shared',
    compose:
      'services:\n  web: { image: x, secrets: [token, own], depends_on: [db], volumes: ["a:/a", "a:/b"] }\n  db: { image: y, secrets: [token] }\nsecrets: { token: { content: s }, own: { content: t } }\nvolumes: { a: }\n',
  });
  expect(shared.map(({ object }) => `${object.kind} ${object.metadata.name}`)).toEqual(['Secret token']);
  expect(services.map(({ objects }) => objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`))).toEqual([
    ['PersistentVolumeClaim a', 'Secret own', 'Deployment web', 'Service web'],
    ['Deployment db', 'Service db'],
  ]);
});

test('pods are made anew when what they mount changes, and not otherwise', async () => {
  const annotationsWith = async (conf: string, secret: string) => {
    const { services } = await converted({
      section: 'volumes',
      name: 'changed',
      compose: `services:\n  web: { image: x, volumes: ["./conf:/conf"], secrets: [token] }\n  db: { image: y }\nsecrets: { token: { content: ${secret} } }\n`,
      files: { 'conf/a.conf': conf },
    });
    return services.map(({ objects }) => {
      const workload = objects.find(({ kind }) => kind === 'Deployment');
      return workload?.['spec'].template.metadata.annotations as object | undefined;
    });
  };
  const [web, db] = await annotationsWith('one', 's');
  expect(web).toEqual({ 'devloop.dev/mounted': expect.stringMatching(/^[0-9a-f]{16}$/) });
  expect(db).toBeUndefined();
  expect((await annotationsWith('one', 's'))[0]).toEqual(web);
  expect((await annotationsWith('two', 's'))[0]).not.toEqual(web);
  expect((await annotationsWith('one', 't'))[0]).not.toEqual(web);
});

test('a build argument without a value has that of the environment, or of .env; one that has none is left to the Dockerfile', async () => {
  const args = 'args: [HERE, THERE, NOWHERE, SET=1]';
  const { services } = await converted({
    section: 'build',
    name: 'build arguments',
    compose: `services:\n  web:\n    build: { context: ., ${args} }\n`,
    files: { '.env': 'HERE=file\nTHERE=file\n', Dockerfile: 'FROM node\n' },
    environment: { HERE: 'environment' },
  });
  expect(services[0]?.build?.args).toEqual({ HERE: 'environment', THERE: 'file', SET: '1' });
});

test('a variable without a value is said once, at its place', async () => {
  const { warnings } = await converted({
    section: 'interpolation',
    name: 'variables',
    compose:
      'services:\n  web:\n    image: "nginx:${TAG}"\n    environment:\n      A: "${TAG}${EMPTY-}"\n      B: $TAG\n',
  });
  expect(warnings).toMatchObject([
    { line: 3, message: expect.stringContaining('TAG has no value'), hint: expect.stringContaining('${TAG:-value}') },
  ]);
});

test('docs/compose.md has the table of all keys: node test/compose/write-table.ts writes it', async () => {
  const page = await readFile(PAGE, 'utf8');
  expect(page).toBe(withTable(page));
});
