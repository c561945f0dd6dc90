import { differences } from './differences.ts';

/** Where the sandbox may answer otherwise, by the row that tells of it, and why. */
export interface Explanation {
  readonly where: RegExp;
  readonly why: string;
}

/** Holds answers of the real thing and of the sandbox against each other, and counts for the table at the end. */
export class Comparison {
  requests = 0;
  differences = 0;
  readonly #explanations: readonly Explanation[];

  constructor(explanations: readonly Explanation[]) {
    this.#explanations = explanations;
  }

  /**
   * Compares the answers to one request.
   *
   * @param request in words: the rows begin with them
   * @returns a row `REQUEST PLACE: REAL ≠ OURS` for each difference that nobody has explained
   */
  unexplained(request: string, real: unknown, ours: unknown): string[] {
    const found = differences(real, ours);
    this.requests += 1;
    this.differences += found.length;
    return found
      .map(({ at, real: said, ours: answered }) => {
        return `${request} ${at}: ${JSON.stringify(said)} ≠ ${JSON.stringify(answered)}`;
      })
      .filter((row) => !this.#explanations.some(({ where }) => where.test(row)));
  }
}
