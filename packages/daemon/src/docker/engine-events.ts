import type Docker from 'dockerode';
import { linesOf } from '../support/text-lines.ts';

/** One message of the engine's `/events`: moby's api/types/events.Message, the fields read here. */
export interface EngineEvent {
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
  readonly timeNano: number;
}

/** Of which containers what is told. */
export interface EventsAsked {
  readonly event: readonly string[];
  /** `NAME=VALUE` of labels; default: of all containers. */
  readonly label?: readonly string[];
}

/**
 * What happens to containers, until whoever reads it has enough, or the engine ends the stream.
 *
 * @param onOpen told when from now on nothing is missed
 * @throws what dockerode's stream fails with, also when the signal is aborted
 */
export async function* containerEvents(
  docker: Docker,
  { event, label = [] }: EventsAsked,
  onOpen: () => void,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent> {
  const over = new AbortController();
  const stream = await docker.getEvents({
    filters: { type: ['container'], event: [...event], ...(label.length > 0 ? { label: [...label] } : {}) },
    abortSignal: AbortSignal.any([signal, over.signal]),
  });
  stream.on('error', () => undefined); // told by the reading below; an abort before it must not be unhandled
  try {
    onOpen();
    for await (const line of linesOf(stream as unknown as AsyncIterable<Uint8Array>)) {
      yield JSON.parse(line) as EngineEvent;
    }
  } finally {
    over.abort();
  }
}
