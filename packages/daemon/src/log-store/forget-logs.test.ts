import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.fake.ts';
import { forgetProjects, forgetServices, rememberProject } from './forget-logs.ts';

const NOW = Date.UTC(2026, 6, 1);
const DAY = 24 * 3_600_000;

/** Everything below a folder was written so many days ago. */
function age(folder: string, days: number): void {
  const at = (NOW - days * DAY) / 1000;
  const below = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => path.join(folder, name));
  for (const file of [...below, folder]) utimesSync(file, at, at);
}

function logs(days: Readonly<Record<string, number>>): string {
  const files = Object.keys(days).map((service) => [`${service}/0000000001.log`, 'lines']);
  const folder = temporaryFolder(Object.fromEntries(files));
  for (const [service, of] of Object.entries(days)) age(path.join(folder, service), of);
  return folder;
}

test('logs of services that are no more go after 30 days, all others stay', async () => {
  const folder = logs({ 'old-and-gone': 31, 'just-gone': 29, 'old-and-there': 400 });
  await forgetServices(folder, (service) => service === 'old-and-there', NOW);
  expect(readdirSync(folder).sort()).toEqual(['just-gone', 'old-and-there']);
});

test('nothing is there to be forgotten', async () => {
  const folder = path.join(temporaryFolder(), 'none');
  await forgetServices(folder, () => false, NOW);
  await forgetProjects(folder, NOW);
  expect(existsSync(folder)).toBe(false);
});

test.each([
  ['whose folder is gone, for long', { isThere: false, days: 31, isKnown: true }, false],
  ['whose folder is gone, for less', { isThere: false, days: 29, isKnown: true }, true],
  ['whose folder is there', { isThere: true, days: 400, isKnown: true }, true],
  ['of which nobody knows where it was', { isThere: false, days: 400, isKnown: false }, true],
])('what is kept of a project %s', async (_, { isThere, days, isKnown }, stays) => {
  const base = temporaryFolder({ 'shop-1/logs/web/0000000001.log': 'lines' });
  const project = path.join(temporaryFolder(), 'shop');
  mkdirSync(project);
  const kept = path.join(base, 'shop-1');
  if (isKnown) await rememberProject(kept, project);
  age(kept, days);
  if (!isThere) rmSync(project, { recursive: true });
  await forgetProjects(base, NOW);
  expect(existsSync(kept)).toBe(stays);
});
