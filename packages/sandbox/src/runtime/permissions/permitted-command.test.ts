import { expect, test } from 'vitest';
import { nodeArguments } from './permitted-command.ts';

test.each<[string[], string[] | undefined]>([
  [['node', 'server.js'], ['server.js']],
  [
    ['node', '--enable-source-maps', 'dist/main.js', '--port', '80'],
    ['--enable-source-maps', 'dist/main.js', '--port', '80'],
  ],
  [['/usr/local/bin/node', '/app/server.js'], ['/root/app/server.js']],
  [['node', '/../../etc/passwd'], ['/root/etc/passwd']],
  [
    ['/bin/sh', '-c', 'exec node server.js 8080'],
    ['server.js', '8080'],
  ],
  [['/bin/sh', '-c', 'node server.js && id'], undefined],
  [['/bin/sh', '-c', 'node $(id)'], undefined],
  [['node'], undefined],
  [['node', '--allow-child-process', 'server.js'], undefined],
  [['node', 'server.js', '--allow-addons'], undefined],
  [['node', '--no-permission', 'server.js'], undefined],
  [['node', '--inspect=0.0.0.0', 'server.js'], undefined],
  [['python3', 'app.py'], undefined],
  [['./node', 'server.js'], undefined],
  [[], undefined],
])('%j runs node with %j', (command, args) => {
  expect(nodeArguments(command, '/root')).toEqual(args);
});
