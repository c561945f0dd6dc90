import { EngineError } from '../ports/container-engine.ts';

/** The parameter `filters` of Docker's API: of each name one of the values must fit, of labels all. */
export class Filters {
  readonly #values: ReadonlyMap<string, readonly string[]>;

  private constructor(values: ReadonlyMap<string, readonly string[]>) {
    this.#values = values;
  }

  /**
   * Reads `{"label":["a=b"]}` and the old `{"label":{"a=b":true}}`.
   *
   * @param accepted names; undefined: any, and those that nobody knows have no effect
   * @throws EngineError 400 for what is none, and for names that are not accepted
   */
  static read(query: URLSearchParams, accepted?: readonly string[]): Filters {
    const text = query.get('filters');
    if (text === null || text === '') return new Filters(new Map());
    let read: unknown;
    try {
      read = JSON.parse(text);
    } catch {
      throw new EngineError(400, 'invalid filter');
    }
    if (typeof read !== 'object' || read === null || Array.isArray(read)) throw new EngineError(400, 'invalid filter');
    const values = Object.entries(read).map(([name, given]): [string, readonly string[]] => {
      if (accepted?.includes(name) === false) throw new EngineError(400, `invalid filter '${name}'`);
      if (typeof given !== 'object' || given === null) throw new EngineError(400, 'invalid filter');
      return [name, (Array.isArray(given) ? given : Object.keys(given)).map(String)];
    });
    return new Filters(new Map(values));
  }

  get(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  /** Whether one of the values fits; where none is asked for, all fit. */
  some(name: string, fits: (value: string) => boolean): boolean {
    const values = this.get(name);
    return values.length === 0 || values.some(fits);
  }

  /** Whether all labels that are asked for are there, and none of `label!`: `name` or `name=value`. */
  labels(labels: Readonly<Record<string, string>>): boolean {
    const has = (wanted: string) => {
      const [name = ''] = wanted.split('=', 1);
      const value = wanted.includes('=') ? wanted.slice(name.length + 1) : undefined;
      return value === undefined ? name in labels : labels[name] === value;
    };
    return this.get('label').every(has) && !this.get('label!').some(has);
  }
}
