import { nowNano } from '../runtime/clock.ts';

/** moby's api/types/events.Message. */
export interface EngineEvent {
  readonly Type: 'container' | 'image' | 'builder';
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
  readonly scope: 'local';
  readonly time: number;
  readonly timeNano: number;
  /** The fields of old clients. */
  readonly status?: string;
  readonly id?: string;
  readonly from?: string;
}

/** As many as moby keeps for `since`. */
const KEPT = 256;

/** What happened in the engine, in order. */
export class EventLog {
  readonly #kept: EngineEvent[] = [];
  readonly #listeners = new Set<(event: EngineEvent) => void>();

  emit(type: EngineEvent['Type'], action: string, id: string, attributes: Readonly<Record<string, string>>): void {
    const nano = nowNano();
    const event: EngineEvent = {
      ...(type === 'builder' ? {} : { status: action, id }),
      ...(type === 'container' ? { from: attributes['image'] ?? '' } : {}),
      Type: type,
      Action: action,
      Actor: { ID: id, Attributes: attributes },
      scope: 'local',
      time: Number(nano / 1_000_000_000n),
      timeNano: Number(nano),
    };
    this.#kept.push(event);
    if (this.#kept.length > KEPT) this.#kept.shift();
    for (const listener of this.#listeners) listener(event);
  }

  kept(): readonly EngineEvent[] {
    return this.#kept;
  }

  listen(listener: (event: EngineEvent) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }
}
