import { expect, test } from 'vitest';
import {
  bitString,
  explicit,
  implicit,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  time,
  utf8String,
} from './der.ts';

test.each([
  ['2.5.4.3', '0603550403'],
  ['1.2.840.10045.4.3.2', '06082a8648ce3d040302'],
  ['1.3.6.1.5.5.7.3.1', '06082b06010505070301'],
])('object identifier %s', (dotted, hex) => {
  expect(objectIdentifier(dotted).toString('hex')).toBe(hex);
});

test.each([
  [0, '0400'],
  [127, '047f'],
  [128, '048180'],
  [255, '0481ff'],
  [256, '04820100'],
  [65_536, '0483010000'],
])('%i bytes say how many they are', (length, head) => {
  const encoded = octetString(Buffer.alloc(length, 7)).toString('hex');
  expect(encoded).toBe(head + '07'.repeat(length));
});

test.each([
  ['2026-03-04T05:06:07.890Z', '170d', '260304050607Z'],
  ['2049-12-31T23:59:59Z', '170d', '491231235959Z'],
  ['2050-01-01T00:00:00Z', '180f', '20500101000000Z'],
])('time %s', (date, head, text) => {
  expect(time(new Date(date)).toString('hex')).toBe(head + Buffer.from(text).toString('hex'));
});

test('values within values', () => {
  const name = sequence(setOf(sequence(objectIdentifier('2.5.4.3'), utf8String('é'))));
  expect(name.toString('hex')).toBe('300d310b300906035504030c02c3a9');
  expect(explicit(3, name).toString('hex')).toBe(`a30f${name.toString('hex')}`);
  expect(implicit(2, Buffer.from('a')).toString('hex')).toBe('820161');
  expect(bitString(Buffer.of(0x86), 1).toString('hex')).toBe('03020186');
});
