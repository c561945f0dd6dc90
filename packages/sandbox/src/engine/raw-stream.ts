import { Writable } from 'node:stream';

const STREAM_NUMBERS = { stdout: 1, stderr: 2 } as const;

/** A frame of Docker's multiplexed stream: which stream, how many bytes, the bytes. */
export function frame(stream: keyof typeof STREAM_NUMBERS, bytes: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header[0] = STREAM_NUMBERS[stream];
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

/** Writes what it is given as frames of one stream to another; ending it ends nothing there. */
export function framing(stream: keyof typeof STREAM_NUMBERS, to: Writable): Writable {
  return new Writable({
    write: (bytes: Buffer, _encoding, done) => {
      if (to.write(frame(stream, bytes))) done();
      else to.once('drain', () => done());
    },
  });
}
