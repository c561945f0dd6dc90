import type { BuildProgress, BuildStep, SendMessage, StepEnd } from './progress.ts';

/** Progress in the words of Docker's classic builder. */
export class ClassicProgress implements BuildProgress {
  readonly #send: SendMessage;
  readonly #quiet: boolean;

  constructor(send: SendMessage, quiet: boolean) {
    this.#send = send;
    this.#quiet = quiet;
  }

  internal(): void {
    // the classic builder tells of the Dockerfile's steps only
  }

  started(step: BuildStep): void {
    this.#say(`Step ${step.number}/${step.of} : ${step.text}`);
    this.#say('\n');
  }

  output(_step: BuildStep, bytes: Buffer): void {
    this.#say(bytes.toString('utf8'));
  }

  ended(_step: BuildStep, end: StepEnd): void {
    if (end.is === 'failed') return;
    if (end.is === 'cached') this.#say(' ---> Using cache\n');
    this.#say(` ---> ${shortId(end.imageId)}\n`);
  }

  built(imageId: string, references: readonly string[]): void {
    this.#send(this.#quiet ? { stream: `${imageId}\n` } : { aux: { ID: imageId } });
    this.#say(`Successfully built ${shortId(imageId)}\n`);
    for (const reference of references) this.#say(`Successfully tagged ${reference}\n`);
  }

  failed(error: string, exitCode: number | undefined): void {
    this.#send({ errorDetail: { ...(exitCode === undefined ? {} : { code: exitCode }), message: error }, error });
  }

  #say(stream: string): void {
    if (!this.#quiet) this.#send({ stream });
  }
}

function shortId(id: string): string {
  return id.slice('sha256:'.length, 'sha256:'.length + 12);
}
