/**
 * A program that waits for ever, as an executable for Linux that needs nothing of the image it runs in: neither a shell
 * nor a library. It does one system call over and over, the one that waits for a signal; a process 1 is interrupted by
 * none that it does not handle.
 */

/** What the processors' instructions are called in the ELF format, and the instructions themselves. */
const PROCESSORS: Readonly<Record<string, { readonly machine: number; readonly code: string }>> = {
  amd64: {
    machine: 62,
    code:
      'b822000000' + // again: mov eax, 34 (pause)
      '0f05' + //             syscall
      'ebf7', //              jmp again
  },
  arm64: {
    machine: 183,
    code:
      '000080d2' + // again: mov x0, #0 (no files)
      '010080d2' + //        mov x1, #0
      '020080d2' + //        mov x2, #0 (no end)
      '030080d2' + //        mov x3, #0
      '280980d2' + //        mov x8, #73 (ppoll)
      '010000d4' + //        svc #0
      'faffff17', //         b again
  },
};

const FILE_HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
const CODE_AT = FILE_HEADER_BYTES + PROGRAM_HEADER_BYTES;
const LOADED_AT = 0x40_0000n;
const LARGEST_PAGE = 0x1_0000n;
const [EXECUTABLE, LOADED, READ_AND_EXECUTE] = [2, 1, 5];

/**
 * The program's file. Pure.
 *
 * @param architecture as Kubernetes calls it
 * @returns undefined for processors whose instructions are not known here
 */
export function holdProgram(architecture: string): Buffer | undefined {
  const processor = PROCESSORS[architecture];
  if (processor === undefined) return undefined;
  const code = Buffer.from(processor.code, 'hex');
  const header = Buffer.alloc(CODE_AT);
  header.write('\x7fELF\x02\x01\x01', 'latin1'); // 64 bits, little-endian, version 1
  header.writeUInt16LE(EXECUTABLE, 16);
  header.writeUInt16LE(processor.machine, 18);
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(LOADED_AT + BigInt(CODE_AT), 24); // where it begins
  header.writeBigUInt64LE(BigInt(FILE_HEADER_BYTES), 32); // where the program header is
  header.writeUInt16LE(FILE_HEADER_BYTES, 52);
  header.writeUInt16LE(PROGRAM_HEADER_BYTES, 54);
  header.writeUInt16LE(1, 56);
  const program = header.subarray(FILE_HEADER_BYTES);
  const bytes = BigInt(CODE_AT + code.length);
  program.writeUInt32LE(LOADED, 0);
  program.writeUInt32LE(READ_AND_EXECUTE, 4);
  program.writeBigUInt64LE(LOADED_AT, 16);
  program.writeBigUInt64LE(LOADED_AT, 24);
  program.writeBigUInt64LE(bytes, 32);
  program.writeBigUInt64LE(bytes, 40);
  program.writeBigUInt64LE(LARGEST_PAGE, 48);
  return Buffer.concat([header, code]);
}
