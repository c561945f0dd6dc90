import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DevloopRig } from '../rig/devloop-rig.ts';
import { mustRun } from '../rig/run-command.ts';
import { now } from './clock.ts';
import { round, table } from './figures.ts';
import { writeService } from './generated-services.ts';
import type { BenchOptions, BenchResult } from './main.ts';
import { cpuSeconds, residentMb } from './process-figures.ts';

const SERVICES = 20;
const FILES = 200_000;
const FILES_PER_FOLDER = 100;
const SOURCES_PER_SERVICE = 200;
const SETTLE_MS = 10_000;
const MINUTE_MS = 60_000;
const SAMPLES = 12;

/** What a daemon takes that has nothing to do, beside twenty services and a large tree. Linux only: it reads /proc. */
export async function idle({ runs: minutes = 1 }: BenchOptions): Promise<BenchResult> {
  await using rig = await DevloopRig.open('hello-service');
  process.stderr.write(`writing ${FILES} files\n`);
  const ignored = await writeProject(rig);
  await rig.up();
  await rig.events.stop(); // nobody looks: no client is attached
  const { pid } = await rig.status();
  await delay(SETTLE_MS);

  process.stderr.write(`measuring for ${minutes} min\n`);
  const before = await cpuSeconds(pid);
  const startedAt = now();
  let rssMb = 0;
  for (let sample = 0; sample < SAMPLES * minutes; sample++) {
    await delay(MINUTE_MS / SAMPLES);
    rssMb = Math.max(rssMb, await residentMb(pid));
  }
  const share = ((await cpuSeconds(pid)) - before) / ((now() - startedAt) / 1000);

  const watches = await watchedInodes(pid);
  const ignoredInodes = new Set((await Promise.all(ignored.map(inodesBelow))).flat());
  const inIgnored = watches.filter((inode) => ignoredInodes.has(inode)).length;
  if (watches.length === 0) throw new Error('The daemon watches nothing: these figures would prove nothing.');

  const text = `${table([
    ['', 'measured', 'may be'],
    ['CPU, % of a core', round(share * 100, 2), 1],
    ['RSS, MB', round(rssMb), 120],
    ['file watches', watches.length, ''],
    ['of them in ignored folders', inIgnored, 0],
  ])}

A daemon with ${SERVICES} live services and a tree of ${FILES} files, most of them in node_modules, that nobody touches and
no client looks at. CPU: user and system time of the process and of what it started, over ${minutes} min. RSS: the largest
of ${SAMPLES * minutes} samples. File watches: inotify watches of the process; ignored folders: node_modules and .git.`;
  const json = {
    services: SERVICES,
    files: FILES,
    cpu_percent_of_core: round(share * 100, 3),
    rss_mb: round(rssMb, 1),
    watches: watches.length,
    watches_in_ignored_folders: inIgnored,
  };
  return { json, text };
}

/** Answers the ignored folders. */
async function writeProject(rig: DevloopRig): Promise<string[]> {
  await mustRun('rm', ['-r', rig.file('hello'), rig.file('k8s')]);
  const names = Array.from({ length: SERVICES }, (_, index) => `bench-idle-${String(index + 1).padStart(2, '0')}`);
  const ignored: string[] = [];
  for (const name of names) {
    await writeService(rig.folder, { name, message: name, endsOnSigterm: true, nodePort: false });
    await fill(rig.file(`${name}/src`), SOURCES_PER_SERVICE);
    await fill(rig.file(`${name}/node_modules`), FILES / SERVICES - SOURCES_PER_SERVICE);
    ignored.push(rig.file(`${name}/node_modules`));
  }
  await fill(rig.file('.git/objects'), FILES_PER_FOLDER);
  ignored.push(rig.file('.git'));
  const services = names.map((name) => `  ${name}:\n`);
  await rig.writeConfig(`services:\n${services.join('')}`);
  return ignored;
}

async function fill(folder: string, files: number): Promise<void> {
  for (let first = 0; first < files; first += FILES_PER_FOLDER) {
    const below = path.join(folder, `package-${first / FILES_PER_FOLDER}`);
    await mkdir(below, { recursive: true });
    const count = Math.min(FILES_PER_FOLDER, files - first);
    await Promise.all(
      Array.from({ length: count }, (_, index) =>
        writeFile(path.join(below, `file-${index}.js`), `module.exports = ${first + index};\n`),
      ),
    );
  }
}

/** `inode:device` of everything that a process watches. */
async function watchedInodes(pid: number): Promise<string[]> {
  const folder = `/proc/${pid}/fdinfo`;
  const found: string[] = [];
  for (const descriptor of await readdir(folder)) {
    const text = await readFile(path.join(folder, descriptor), 'utf8').catch(() => '');
    for (const [, inode, device] of text.matchAll(/^inotify wd:\S+ ino:(\S+) sdev:(\S+)/gm)) {
      found.push(`${Number.parseInt(inode ?? '', 16)}:${Number.parseInt(device ?? '', 16)}`);
    }
  }
  return found;
}

async function inodesBelow(folder: string): Promise<string[]> {
  const device = kernelDevice((await stat(folder)).dev);
  const inodes = execFileSync('find', [folder, '-printf', '%i\\n'], { encoding: 'utf8', maxBuffer: 1 << 28 });
  return inodes
    .trim()
    .split('\n')
    .map((inode) => `${inode}:${device}`);
}

/** A device number as the kernel prints it (12 bits major, 20 bits minor), from the one that stat answers. */
function kernelDevice(device: number): number {
  const major = (device >>> 8) & 0xfff;
  const minor = (device & 0xff) | ((device >>> 12) & 0xfff00);
  return major * 2 ** 20 + minor;
}
