import { StringDecoder } from 'node:string_decoder';

/**
 * The values of an NDJSON body. A character that two chunks share stays whole; a last line without a line feed
 * counts, because a daemon that ends may be cut off there only after it.
 *
 * @throws SyntaxError for a line that is not JSON
 */
export async function* jsonLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line);
  }
  rest += decoder.end();
  if (rest.trim() !== '') yield JSON.parse(rest);
}
