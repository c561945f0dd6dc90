import { expect, test } from 'vitest';
import { findUser } from './image-users.ts';

const files = {
  passwd: 'root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1001:Node:/home/node:/bin/sh\nodd:x:many:1\nnode:x:7:7::/:\n',
  group: 'root:x:0:\nstaff:x:50:node\r\n',
};

test.each([
  ['node', { uid: 1000, gid: 1001 }],
  ['node:', { uid: 1000, gid: 1001 }],
  ['node:staff', { uid: 1000, gid: 50 }],
  ['node:70', { uid: 1000, gid: 70 }],
  ['1234:staff', { uid: 1234, gid: 50 }],
  ['1234', { uid: 1234, gid: undefined }],
  ['nobody', undefined],
  ['node:nobody', undefined],
  ['odd', undefined],
  ['', undefined],
])('%s', (user, numbers) => {
  expect(findUser(user, files)).toEqual(numbers);
});

test('an image without the files has no names', () => {
  expect(findUser('node', { passwd: undefined, group: undefined })).toBeUndefined();
  expect(findUser('5:6', { passwd: undefined, group: undefined })).toEqual({ uid: 5, gid: 6 });
});
