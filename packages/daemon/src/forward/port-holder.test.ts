import { expect, test } from 'vitest';
import { holderInLsof, listeningInodes } from './port-holder.ts';

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0000000000000000 100 0 0 10 0
   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0000000000000000 100 0 0 10 0
   2: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0000000000000000 100 0 0 10 0
   0: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4714 1 0000000000000000 100 0 0 10 0
`;

test('sockets that listen on a port, not those that are connected to it', () => {
  expect(listeningInodes(TABLE, 8080)).toEqual(['4711', '4714']);
  expect(listeningInodes(TABLE, 80)).toEqual(['4713']);
  expect(listeningInodes(TABLE, 81)).toEqual([]);
});

test('the process that lsof names', () => {
  expect(holderInLsof('p4711\ncnode\nf12\np4712\ncruby\n')).toEqual({ pid: 4711, command: 'node' });
  expect(holderInLsof('')).toBeUndefined();
  expect(holderInLsof(`p1\nc${'x'.repeat(200)}\n`)?.command.length).toBe(80);
});
