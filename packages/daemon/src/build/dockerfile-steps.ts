/** A step of a build's progress, as the engine words it. */
export interface BuildStep {
  readonly step: number;
  readonly steps: number;
  readonly text: string;
}

const CLASSIC = /^Step (\d+)\/(\d+) : (.*)$/;
const BUILDKIT = /^\[(?:[^\]\s]+\s+){0,2}\s*(\d+)\/(\d+)\] (.*)$/;

/** Reads `Step 3/7 : RUN npm ci` (classic builder) and `[linux/amd64 build  3/12] RUN npm ci` (BuildKit's vertex names;
 * platform and stage are there where there are several, numbers are padded). */
export function parseStep(line: string): BuildStep | undefined {
  const [, step, steps, text] = CLASSIC.exec(line) ?? BUILDKIT.exec(line) ?? [];
  if (step === undefined || text === undefined) return undefined;
  return { step: Number(step), steps: Number(steps), text };
}
