import { onTestFailed, onTestFinished } from 'vitest';
import { DevloopRig, type RigOptions } from './devloop-rig.ts';

/**
 * A rig for the test that runs: if the test fails, all that the rig knows is printed; if the rig cannot be left clean,
 * the test fails. To be used as `await using rig = await openRig('hello-service')`.
 */
export async function openRig(fixture: string, options: RigOptions = {}): Promise<DevloopRig> {
  const problems: string[] = [];
  const rig = await DevloopRig.open(fixture, { ...options, onProblem: (problem) => problems.push(problem) });
  onTestFailed(() => printReport(rig));
  onTestFinished(() => {
    if (problems.length > 0) throw new Error(problems.join('\n'));
  });
  return rig;
}

/** Prints all that a rig knows, once it is disposed of. */
export function printReport(rig: DevloopRig): void {
  process.stdout.write(`${rig.report()}\n`);
}
