import { test } from 'vitest';
import { DevloopRig } from './devloop-rig.ts';
import { eventOf, passEnded } from './expected-events.ts';
import { printReport } from './open-rig.ts';

/** What the tests of a file begin with. */
interface SharedProject {
  readonly fixture: string;
  /** Writes what all of them want into the project before it is started. */
  readonly prepare: (rig: DevloopRig) => Promise<void>;
}

/**
 * `test` for scenarios that begin with a project that is live, however it came to be: `rig` is one rig for all tests of the
 * file that ask for it. The first has it opened and started; each of them finds a daemon, and the project live.
 *
 * In exchange a test says its own content with `unique()`, looks only at events after a mark of its own, asserts relative to
 * what it found, and puts back what else it changed. What it leaves behind when it fails is nobody's: all that the rig
 * knows is printed, and the next test gets another. If a rig cannot be left clean, the test fails, or else the file.
 */
export function testOnSharedRig(fixture: string, prepare: SharedProject['prepare'] = async () => undefined) {
  const project: SharedProject = { fixture, prepare };
  return test
    .extend('project', { scope: 'file' }, project)
    .extend('shared', { scope: 'file' }, ({ project }, { onCleanup }) => {
      const shared = new SharedRig(project);
      onCleanup(() => shared.end());
      return shared;
    })
    .extend('rig', ({ shared, onTestFailed }) => {
      onTestFailed(() => shared.discard());
      return shared.live();
    });
}

class SharedRig {
  readonly #project: SharedProject;
  #rig: DevloopRig | undefined;

  constructor(project: SharedProject) {
    this.#project = project;
  }

  async live(): Promise<DevloopRig> {
    if (this.#rig === undefined) {
      this.#rig = await DevloopRig.open(this.#project.fixture);
      await this.#project.prepare(this.#rig);
    }
    await this.#rig.start();
    return this.#rig;
  }

  /** Ends the rig that a test has failed on. */
  async discard(): Promise<void> {
    const rig = this.#rig;
    this.#rig = undefined;
    if (rig === undefined) return;
    try {
      await rig[Symbol.asyncDispose]();
    } finally {
      printReport(rig);
    }
  }

  /** Ends the rig after the last test; what there is to say against it is said. */
  async end(): Promise<void> {
    const rig = this.#rig;
    try {
      await rig?.[Symbol.asyncDispose]();
    } catch (error) {
      if (rig) printReport(rig);
      throw error;
    }
  }
}

/** Makes an edit of `devloop.yaml` or of manifests, and waits until the services that it changes are live with it. */
export async function reconfigure(rig: DevloopRig, edit: () => Promise<void>): Promise<void> {
  const since = rig.mark();
  await edit();
  const { added, changed } = await rig.event(eventOf('config-loaded'), since);
  for (const service of [...added, ...changed]) await rig.event(passEnded(service, 'live'), since);
}
