import type { ApiFaults } from '../api-server/api-faults.ts';
import type { Fault } from '../host/fault.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Disk } from '../runtime/disk.ts';
import { Crowd } from './crowd.ts';
import type { EngineDoor } from './engine-door.ts';
import { startLogLoad } from './log-load.ts';

/** What faults are brought about in. */
export interface FaultyParts {
  readonly api: ApiFaults;
  readonly store: ObjectStore;
  readonly streams: { drop(): void; shut(): void; open(): void };
  readonly disk: Disk;
  readonly engine: EngineDoor;
  readonly logs: {
    /** @throws EngineError 404 for a container that is not there */
    rotateLog(container: string, maxFiles: number): void;
  };
}

/** Brings faults about, and ends them. */
export class Faults {
  readonly #parts: FaultyParts;
  /** What takes back those that go on. */
  #ends = new AsyncDisposableStack();

  constructor(parts: FaultyParts) {
    this.#parts = parts;
  }

  /** @throws Error for what cannot be done here */
  async bringAbout(fault: Fault): Promise<void> {
    const { api, store, streams, disk, engine, logs } = this.#parts;
    switch (fault.is) {
      case 'slow-api':
        api.slowness = fault.delayMs;
        this.#ends.defer(() => {
          api.slowness = 0;
        });
        break;
      case 'failing-api': {
        const { method, path, times, status, reason, message } = fault;
        const about = {
          ...(method !== undefined && { method }),
          ...(path !== undefined && { path: new RegExp(path) }),
        };
        this.#ends.use(api.fail({ ...about, times, status, reason, message }));
        break;
      }
      case 'drop-watches':
        api.dropWatches();
        break;
      case 'drop-streams':
        streams.drop();
        break;
      case 'no-streams':
        streams.shut();
        this.#ends.defer(() => streams.open());
        break;
      case 'expire-history':
        api.expireHistory();
        break;
      case 'full-disk':
        disk.isFull = true;
        this.#ends.defer(() => {
          disk.isFull = false;
        });
        break;
      case 'no-engine':
        await engine.shut();
        this.#ends.defer(() => engine.open());
        break;
      case 'pods':
        this.#ends.use(new Crowd(store, fault.count));
        break;
      case 'log-lines':
        this.#ends.use(startLogLoad(store, fault.perSecond));
        break;
      case 'rotate-log':
        for (let time = 0; time < fault.times; time++) logs.rotateLog(fault.container, fault.maxFiles);
        break;
      case 'no-faults': {
        const ends = this.#ends;
        this.#ends = new AsyncDisposableStack();
        await ends.disposeAsync();
        break;
      }
      case 'no-connections':
        throw new Error('the node itself has no port'); // the outer process takes care of that
    }
  }
}
