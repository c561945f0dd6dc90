import type { PushListener } from '../build/image-engine.ts';
import { TextLines } from '../support/text-lines.ts';

/** One JSON message of a push's answer: jsonmessage of moby. */
interface PushMessage {
  readonly status?: string;
  /** Of a layer. */
  readonly id?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
  readonly aux?: { readonly Tag?: string; readonly Digest?: string };
}

/** What a push's answer said in the end. */
export interface PushEnd {
  readonly digest: string | undefined;
  readonly error: string | undefined;
}

interface Layer {
  status: string;
  current: number;
  total: number;
}

/** What moby's distribution/push_v2.go calls a layer that the registry has. */
const THERE = /^(Pushed|Layer already exists|Mounted from )/;
/** Statuses that change too often, or say too little, to be a line of output. */
const PASSING = /^(Preparing|Waiting|Pushing|Retrying)/;
const MEGABYTE = 1_000_000;

/** Reads a push's answer: layers counted, their bytes added up, each layer's end a line. */
export async function readPushStream(answer: AsyncIterable<Uint8Array>, listener: PushListener): Promise<PushEnd> {
  const messages = new TextLines();
  const layers = new Map<string, Layer>();
  let digest: string | undefined;
  let error: string | undefined;

  const message = (text: string) => {
    if (text.trim() === '') return;
    const { id, status, progressDetail, ...read } = JSON.parse(text) as PushMessage;
    if (read.error !== undefined) error = read.errorDetail?.message ?? read.error;
    if (read.aux?.Digest !== undefined) digest = read.aux.Digest;
    if (status === undefined) return;
    if (id === undefined) {
      listener.line(status);
      return;
    }
    const layer = layers.get(id) ?? { status: '', current: 0, total: 0 };
    layers.set(id, layer);
    if (layer.status !== status && !PASSING.test(status)) listener.line(`${id}: ${status}`);
    layer.status = status;
    layer.current = progressDetail?.current ?? layer.current;
    layer.total = Math.max(progressDetail?.total ?? 0, layer.total, layer.current);
    listener.progress(progressText([...layers.values()]));
  };
  for await (const chunk of answer) for (const text of messages.push(chunk)) message(text);
  for (const text of messages.end()) message(text);
  return { digest, error };
}

/** `pushing 2/5 layers, 12 of 40 MB`; of layers that the registry has, no bytes are sent. */
function progressText(layers: readonly Layer[]): string {
  const there = layers.filter(({ status }) => THERE.test(status)).length;
  const retrying = layers.find(({ status }) => status.startsWith('Retrying'));
  const sum = (field: 'current' | 'total') => layers.reduce((bytes, layer) => bytes + layer[field], 0);
  const [current, total] = [sum('current'), sum('total')].map((bytes) => Math.round(bytes / MEGABYTE));
  const bytes = total === 0 ? '' : `, ${current} of ${total} MB`;
  const wait = retrying === undefined ? '' : `: ${retrying.status.toLowerCase()}`;
  return `pushing ${there}/${layers.length} layers${bytes}${wait}`;
}
