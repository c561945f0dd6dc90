/** What certificates are written in: DER (ITU-T X.690), as far as they need it. Each function makes one value, with its tag. */

const BOOLEAN = 0x01;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT_IDENTIFIER = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const SEQUENCE = 0x30;
const SET = 0x31;
const CONTEXT = 0x80;
const CONSTRUCTED = 0x20;

/** The last year that a UTCTime can name (RFC 5280, 4.1.2.5). */
const LAST_UTC_YEAR = 2049;

export function sequence(...parts: readonly Buffer[]): Buffer {
  return value(SEQUENCE, ...parts);
}

/** @param part the only one, since those of a set would have to be in order */
export function setOf(part: Buffer): Buffer {
  return value(SET, part);
}

export function truth(): Buffer {
  return value(BOOLEAN, Buffer.of(0xff));
}

/** @param bytes of a positive number, the highest first, none of which could be left out */
export function integer(bytes: Buffer): Buffer {
  return value(INTEGER, bytes);
}

/** @param unused how many of the last byte's lowest bits are none of it */
export function bitString(bytes: Buffer, unused = 0): Buffer {
  return value(BIT_STRING, Buffer.of(unused), bytes);
}

export function octetString(bytes: Buffer): Buffer {
  return value(OCTET_STRING, bytes);
}

export function utf8String(text: string): Buffer {
  return value(UTF8_STRING, Buffer.from(text));
}

/** @param dotted `2.5.4.3` */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return value(OBJECT_IDENTIFIER, Buffer.from([first * 40 + second, ...rest].flatMap(inSevenBits)));
}

/** To the second. */
export function time(date: Date): Buffer {
  const digits = `${date.toISOString().slice(0, 19).replace(/\D/g, '')}Z`;
  const isShort = date.getUTCFullYear() <= LAST_UTC_YEAR;
  return isShort ? value(UTC_TIME, Buffer.from(digits.slice(2))) : value(GENERALIZED_TIME, Buffer.from(digits));
}

/** A value under a tag that has its meaning from where it is, around what has a tag of its own. */
export function explicit(tag: number, part: Buffer): Buffer {
  return value(CONTEXT | CONSTRUCTED | tag, part);
}

/** Bytes under a tag that has its meaning from where it is. */
export function implicit(tag: number, bytes: Buffer): Buffer {
  return value(CONTEXT | tag, bytes);
}

function value(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content)]), content]);
}

function lengthOf({ length }: Buffer): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 0x100)) bytes.unshift(rest % 0x100);
  return [0x80 | bytes.length, ...bytes];
}

/** Seven bits in each byte, the highest first; all but the last byte have the eighth. */
function inSevenBits(number: number): number[] {
  const bytes = [number % 0x80];
  for (let rest = Math.floor(number / 0x80); rest > 0; rest = Math.floor(rest / 0x80)) {
    bytes.unshift(0x80 | (rest % 0x80));
  }
  return bytes;
}
