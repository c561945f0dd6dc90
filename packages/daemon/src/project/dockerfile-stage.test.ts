// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is how Dockerfiles write variables
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dockerfileHealthcheck, dockerfilePorts } from './dockerfile-stage.ts';

const numbers = (dockerfile: string, options?: Parameters<typeof dockerfilePorts>[1]) =>
  dockerfilePorts(dockerfile, options).map(({ port, protocol }) => (protocol === 'TCP' ? port : `${port} ${protocol}`));

const cases: [name: string, dockerfile: string, ports: (number | string)[]][] = [
  ['nothing', '', []],
  ['no EXPOSE', 'FROM scratch', []],
  ['one port', 'FROM a\nEXPOSE 8080', [8080]],
  ['several, with protocols', 'from a\nexpose 80 443/tcp 53/udp 53/TCP', [80, 443, '53 UDP', 53]],
  ['a range', 'FROM a\nEXPOSE 8000-8003', [8000, 8001, 8002, 8003]],
  ['a port twice', 'FROM a\nEXPOSE 80\nEXPOSE 80/tcp "80"', [80]],
  ['what is no port', 'FROM a\nEXPOSE x 0 70000 9-3 80/http', []],
  [
    'comments, continuations and an odd indentation',
    '# EXPOSE 1\nFROM a\n  EXPOSE 80 \\\n  # more\n\n  443\n#EXPOSE 2',
    [80, 443],
  ],
  ['another escape sign', '# escape=`\nFROM a\nEXPOSE 80 `\n 81', [80, 81]],
  ['Windows line ends', 'FROM a\r\nEXPOSE 80\r\n', [80]],
  ['a here-document', 'FROM a\nRUN <<EOF\nEXPOSE 1\nEOF\nEXPOSE 80', [80]],
  ['the last stage only', 'FROM a AS x\nEXPOSE 1\nFROM b\nEXPOSE 2\nCOPY --from=x /a /a', [2]],
  [
    'stages it derives from',
    'FROM a AS Base\nEXPOSE 1\nFROM --platform=linux/amd64 base as mid\nEXPOSE 2\nFROM mid\nEXPOSE 3',
    [1, 2, 3],
  ],
  ['an ARG with a default', 'FROM a\nARG PORT=80\nEXPOSE $PORT ${PORT}81', [80, 8081]],
  ['an ARG without one', 'FROM a\nARG PORT\nEXPOSE $PORT 1', [1]],
  ['a global ARG, taken over', 'ARG PORT=80\nFROM a\nARG PORT\nEXPOSE $PORT', [80]],
  ['a global ARG, not taken over', 'ARG PORT=80\nFROM a\nEXPOSE ${PORT:-81}', [81]],
  ['a base named by an ARG', 'ARG BASE=one\nFROM a AS one\nEXPOSE 1\nFROM $BASE\nEXPOSE 2', [1, 2]],
  ['ENV over ARG, inherited', 'FROM a AS b\nARG PORT=1\nENV PORT=2\nFROM b\nEXPOSE $PORT', [2]],
  ['both forms of ENV', 'FROM a\nENV A 1\nENV B="2" C=\'3\'\nEXPOSE $A $B $C', [1, 2, 3]],
  ['alternatives', 'FROM a\nENV A=1 E=\nEXPOSE ${A:+4} ${X:+5} ${E:-6} ${E-7} ${X:-${A}8}', [4, 6, 18]],
  ['variables made of others', 'FROM a\nARG MINOR=80\nARG PORT=80$MINOR\nEXPOSE $PORT', [8080]],
];

describe('dockerfilePorts', () => {
  test.each(cases)('%s', (_, dockerfile, ports) => {
    expect(numbers(dockerfile)).toEqual(ports);
  });

  const staged = 'FROM a AS dev\nEXPOSE 1\nFROM a AS run\nEXPOSE 2';
  test.each([
    ['dev', [1]],
    ['DEV', [1]],
    ['0', [1]],
    ['run', [2]],
    [undefined, [2]],
  ])('of target %s', (target, ports) => {
    expect(numbers(staged, { target })).toEqual(ports);
  });

  test('build arguments win over defaults, and count only where declared', () => {
    const dockerfile = 'FROM a\nARG PORT=80\nEXPOSE $PORT $OTHER';
    expect(numbers(dockerfile, { args: { PORT: '90', OTHER: '91' } })).toEqual([90]);
  });

  test('any text is read without failing, and gives ports only', () => {
    const line = fc.tuple(fc.constantFrom('FROM', 'EXPOSE', 'ARG', 'ENV', 'RUN <<A', '\\', '#'), fc.string());
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        for (const { port } of dockerfilePorts(lines.map((words) => words.join(' ')).join('\n'))) {
          expect(port).toBeGreaterThan(0);
          expect(port).toBeLessThan(65536);
        }
      }),
    );
  });
});

test.each([
  ['none', 'FROM a', undefined],
  [
    'for a shell',
    'FROM a\nHEALTHCHECK CMD curl -f localhost || exit 1',
    { test: ['CMD', 'sh', '-c', 'curl -f localhost || exit 1'] },
  ],
  ['as words', 'FROM a\nHEALTHCHECK CMD ["node", "ask.js"]', { test: ['CMD', 'node', 'ask.js'] }],
  [
    'with its times, over two lines',
    'FROM a\nhealthcheck --start-period=30s --interval=5s \\\n  --retries=2 CMD ask',
    { start_period: '30s', interval: '5s', retries: '2', test: ['CMD', 'sh', '-c', 'ask'] },
  ],
  ['the last one', 'FROM a\nHEALTHCHECK CMD one\nHEALTHCHECK CMD two', { test: ['CMD', 'sh', '-c', 'two'] }],
  [
    'for a shell of its own',
    'FROM a\nSHELL ["bash", "-lc"]\nHEALTHCHECK CMD ask',
    { test: ['CMD', 'bash', '-lc', 'ask'] },
  ],
  ['of the base stage', 'FROM a AS b\nHEALTHCHECK CMD one\nFROM b', { test: ['CMD', 'sh', '-c', 'one'] }],
  ['turned off', 'FROM a AS b\nHEALTHCHECK CMD one\nFROM b\nHEALTHCHECK NONE', undefined],
])('the health check: %s', (_name, dockerfile, healthcheck) => {
  expect(dockerfileHealthcheck(dockerfile)).toEqual(healthcheck);
});
