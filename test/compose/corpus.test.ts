import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { converted } from './convert.ts';
import { CORPUS } from './corpus.ts';
import { PAGE, withTable } from './write-table.ts';

for (const one of CORPUS) {
  test(`${one.section}: ${one.name}`, async () => {
    const { services, errors, warnings } = await converted(one);
    const said = (list: typeof errors) => list.map(({ message }) => message);
    expect(said(errors)).toEqual((one.errors ?? []).map((words) => expect.stringMatching(words)));
    if (one.errors !== undefined) {
      for (const { file, line, hint } of errors)
        expect([file, line, hint]).toEqual([expect.any(String), expect.any(Number), expect.stringMatching(/./)]);
      return;
    }
    expect(said(warnings)).toEqual((one.warnings ?? []).map((words) => expect.stringMatching(words)));
    const objects = services.flatMap((service) => service.objects);
    const named = Object.fromEntries(objects.map((object) => [`${object.kind}/${object.metadata.name}`, object]));
    expect(named).toMatchObject(one.objects ?? {});
    for (const name of one.without ?? []) expect(named).not.toHaveProperty([name]);
  });
}

test('docs/compose.md has the table of all keys: node test/compose/write-table.ts writes it', async () => {
  const page = await readFile(PAGE, 'utf8');
  expect(page).toBe(withTable(page));
});
