import type { PodStreams } from '../ports/pod-streams.ts';

/** The kubelet's streams, for the API server, which is there before the kubelet: that works on the server's objects. */
export class LateStreams implements PodStreams {
  #streams: PodStreams | undefined;

  /** From here on they can be asked for. */
  are(streams: PodStreams): void {
    this.#streams = streams;
  }

  log: PodStreams['log'] = (...asked) => this.#there.log(...asked);
  exec: PodStreams['exec'] = (...asked) => this.#there.exec(...asked);
  portForward: PodStreams['portForward'] = (...asked) => this.#there.portForward(...asked);

  get #there(): PodStreams {
    if (this.#streams === undefined) throw new Error('the kubelet has not started');
    return this.#streams;
  }
}
