import { expect, test } from 'vitest';
import { isDue, NotASchedule, parseCronSchedule } from './cron-schedule.ts';

test.each([
  ['* * * * *', '2026-03-04T05:06:07Z', true],
  ['6 5 4 3 *', '2026-03-04T05:06:00Z', true],
  ['6 5 4 3 *', '2026-03-04T05:07:00Z', false],
  ['*/15 * * * *', '2026-03-04T05:45:00Z', true],
  ['*/15 * * * *', '2026-03-04T05:46:00Z', false],
  ['5/20 * * * *', '2026-03-04T05:45:00Z', true],
  ['0 9-17/4 * * mon-fri', '2026-03-04T13:00:00Z', true], // a Wednesday
  ['0 9-17/4 * * mon-fri', '2026-03-07T13:00:00Z', false], // a Saturday
  ['0 0 1,15 * *', '2026-03-15T00:00:00Z', true],
  ['0 0 1 * wed', '2026-03-04T00:00:00Z', true], // one of both is enough
  ['0 0 1 * thu', '2026-03-04T00:00:00Z', false],
  ['@hourly', '2026-03-04T05:00:00Z', true],
  ['@monthly', '2026-03-04T00:00:00Z', false],
])('%s at %s: %s', (text, time, due) => {
  expect(isDue(parseCronSchedule(text), new Date(time))).toBe(due);
});

test('in a time zone of its own', () => {
  const schedule = parseCronSchedule('30 8 * * *');
  expect(isDue(schedule, new Date('2026-01-10T07:30:00Z'), 'Europe/Berlin')).toBe(true);
  expect(isDue(schedule, new Date('2026-07-10T07:30:00Z'), 'Europe/Berlin')).toBe(false);
  expect(() => isDue(schedule, new Date(), 'Nowhere/At-All')).toThrow(RangeError);
});

test.each([
  ['', 'expected exactly 5 fields, found 0: []'],
  ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
  ['60 * * * *', 'end of range (60) above maximum (59): 60'],
  ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
  ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
  ['*/0 * * * *', 'step of range should be a positive number: */0'],
  ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
  ['@often', 'unrecognized descriptor: @often'],
])('%j is none', (text, message) => {
  expect(() => parseCronSchedule(text)).toThrow(new NotASchedule(message));
});

test('a step is due as often as it fits into an hour', () => {
  for (let step = 1; step < 60; step += 1) {
    const fitting = Array.from({ length: Math.ceil(60 / step) }, (_, index) => index * step);
    expect([...parseCronSchedule(`*/${step} * * * *`).minute]).toEqual(fitting);
  }
});

test('every minute of an hour is told from the others', () => {
  const minutes = Array.from({ length: 60 }, (_, minute) => minute);
  const schedule = parseCronSchedule('*/7 * * * *');
  const due = minutes.filter((minute) => isDue(schedule, new Date(Date.UTC(2026, 0, 1, 0, minute))));
  expect(due).toEqual(minutes.filter((minute) => minute % 7 === 0));
});
