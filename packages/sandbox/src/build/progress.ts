/** A step as both builders' progress knows it. */
export interface BuildStep {
  /** `sha256:` and hexadecimal digits, alike for the same step on the same ground. */
  readonly digest: string;
  readonly inputs: readonly string[];
  /** `RUN npm ci`. */
  readonly text: string;
  /** Position among all instructions, which the classic builder counts. */
  readonly number: number;
  readonly of: number;
  /** BuildKit's name, such as `[builder 2/4] RUN npm ci`; undefined for what it does not tell of. */
  readonly vertex: string | undefined;
}

export type StepEnd =
  | { readonly is: 'done' | 'cached'; readonly imageId: string }
  | { readonly is: 'failed'; readonly error: string };

/** How a build tells the client what it does. */
export interface BuildProgress {
  /** What happens beside the Dockerfile's steps: `[internal] load build context`. */
  internal(name: string): void;
  started(step: BuildStep): void;
  output(step: BuildStep, bytes: Buffer, stream: 'stdout' | 'stderr'): void;
  ended(step: BuildStep, end: StepEnd): void;
  /** The build has ended with an image. */
  built(imageId: string, references: readonly string[]): void;
  failed(error: string, exitCode: number | undefined): void;
}

/** Writes one message of the answer: moby's jsonmessage. */
export type SendMessage = (message: Readonly<Record<string, unknown>>) => void;
