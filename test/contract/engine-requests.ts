/** One request to an engine. `THIS` in path and body stands for the name of the run. */
export interface EngineStep {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** Files of a tar that is sent. */
  readonly files?: Readonly<Record<string, string>>;
  /** Compare only whether these fields are there, and their types. */
  readonly shape?: readonly string[];
  /** Asked again until the answer has this text. */
  readonly until?: string;
  /** Compare only what is at this place of the body. */
  readonly pick?: readonly string[];
}

/** Requests that follow each other; each answer of the sandbox has to be the real engine's. */
export interface EngineCase {
  readonly name: string;
  readonly steps: readonly EngineStep[];
}

const get = (where: string): EngineStep => ({ method: 'GET', path: where });
const post = (where: string, body?: unknown): EngineStep => ({ method: 'POST', path: where, body });
const remove = (where: string): EngineStep => ({ method: 'DELETE', path: where });
const build = (dockerfile: string, query = '', files: Readonly<Record<string, string>> = {}): EngineStep => ({
  method: 'POST',
  path: `/build?${query}`,
  files: { Dockerfile: dockerfile, ...files },
});
const filters = (of: object) => `filters=${encodeURIComponent(JSON.stringify(of))}`;

const SLEEPER = { Image: 'THIS:sleeper', Labels: { contract: 'THIS' }, HostConfig: { NetworkMode: 'none' } };

const BUILD_SLEEPER = build(
  'FROM busybox\nLABEL of=image\nWORKDIR /app\nCMD ["sleep", "60"]\n',
  't=THIS:sleeper&rm=1&nocache=1',
);

export const ENGINE_CONTRACT: readonly EngineCase[] = [
  {
    name: 'ping, version, info, and what is not there',
    steps: [
      get('/_ping'),
      { method: 'HEAD', path: '/_ping' },
      {
        ...get('/version'),
        shape: ['Version', 'ApiVersion', 'MinAPIVersion', 'Os', 'Arch', 'KernelVersion', 'Components'],
      },
      {
        ...get('/info'),
        shape: [
          'ID',
          'Containers',
          'Images',
          'Driver',
          'DockerRootDir',
          'NCPU',
          'MemTotal',
          'OperatingSystem',
          'OSType',
        ],
      },
      {
        ...get('/system/df'),
        shape: ['LayersSize', 'Images', 'Containers', 'Volumes', 'BuildCache'],
      },
      get('/nonsense'),
      get('/v9.99/_ping'),
      get('/v1.1/_ping'),
      get(`/images/json?${filters({ nonsense: ['x'] })}`),
      get('/images/json?filters=nonsense'),
      get(`/containers/json?${filters({ status: ['nonsense'] })}`),
      get(`/events?until=1&since=0&${filters({ nonsense: ['x'] })}`),
    ],
  },
  {
    name: 'builds that succeed',
    steps: [
      build('FROM scratch\nLABEL a=b\nCMD ["x"]\n', 't=THIS:first&rm=1&nocache=1'),
      build(
        'FROM busybox\nARG WHO=you\nENV GREETING="hello $WHO"\nWORKDIR /app\nCOPY a.txt .\nRUN echo "$GREETING" && cat a.txt\nEXPOSE 80\nUSER 1000\nCMD ["cat", "a.txt"]\n',
        `t=THIS:whole&rm=1&nocache=1&buildargs=${encodeURIComponent('{"WHO":"me"}')}`,
        { 'a.txt': 'content\n' },
      ),
      build(
        'FROM busybox AS one\nRUN echo 1 > /1\nFROM scratch\nCOPY --from=one /1 /\n',
        't=THIS:stages&rm=1&nocache=1&q=1',
      ),
      build(
        'FROM busybox AS one\nLABEL is=one\nFROM busybox\nLABEL is=two\n',
        't=THIS:target&rm=1&nocache=1&target=one',
      ),
      build(
        'FROM busybox\nHEALTHCHECK --interval=1s --retries=2 CMD true\nCMD ["sleep", "60"]\n',
        't=THIS:healthy&rm=1&nocache=1',
      ),
      get('/images/THIS:whole/json'),
      get('/images/THIS:target/json'),
      get('/images/THIS:healthy/json'),
      get(`/images/json?${filters({ reference: ['THIS:first'] })}`),
      get(`/images/json?${filters({ reference: ['THIS:*o*'] })}`),
    ],
  },
  {
    name: 'builds that fail',
    steps: [
      build('FROM busybox\nRUN exit 3\n', 'rm=1&forcerm=1&nocache=1'),
      build('FROM busybox\nRUN ["nonsense"]\n', 'rm=1&forcerm=1&nocache=1'),
      build('FROM busybox\nCOPY none.txt /\n', 'rm=1&forcerm=1'),
      build('FROM there-is-none-of-this-name\n', 'rm=1'),
      build('FROM busybox\nNONSENSE x\n', 'rm=1'),
      build('RUN true\n', 'rm=1'),
      build('', 'rm=1'),
      build('# nothing\n', 'rm=1'),
      build('FROM busybox\n', 'rm=1&dockerfile=None'),
      build('FROM busybox\n', 'rm=1&target=none'),
      build('FROM busybox\nCOPY a\n', 'rm=1'),
      build('FROM busybox\nHEALTHCHECK nonsense\n', 'rm=1'),
      build('FROM busybox\nEXPOSE nonsense\n', 'rm=1'),
      build('FROM busybox\n', 't=Not%20A%20Name&rm=1'),
      build('FROM busybox\nADD https://example.invalid/file /\n', 'rm=1&forcerm=1'),
      post('/build?buildargs=nonsense'),
      post('/build'),
    ],
  },
  {
    name: 'images by name',
    steps: [
      build('FROM scratch\nLABEL contract=THIS\n', 't=THIS:named&rm=1&nocache=1'),
      post('/images/THIS:named/tag?repo=THIS&tag=second'),
      post('/images/THIS:named/tag?repo=THIS%20x'),
      post('/images/THIS:none/tag?repo=THIS&tag=third'),
      get('/images/THIS:none/json'),
      get('/images/THIS:none/history'),
      remove('/images/THIS:none'),
      remove('/images/THIS:second'),
      remove('/images/THIS:second'),
      remove('/images/THIS:named'),
      build('FROM scratch\nLABEL contract=THIS\nLABEL of=nobody\n', 'rm=1'),
      get(`/images/json?${filters({ label: ['contract=THIS'], dangling: ['true'] })}`),
      post(`/images/prune?${filters({ label: ['contract=of-another'] })}`),
      { ...post(`/images/prune?${filters({ label: ['contract=THIS'] })}`), shape: ['ImagesDeleted', 'SpaceReclaimed'] },
      get(`/images/json?all=1&${filters({ label: ['contract=THIS'] })}`),
      post(`/images/prune?${filters({ nonsense: ['x'] })}`),
      post(`/build/prune?${filters({ id: ['there-is-none'] })}`),
      post('/images/create?fromImage=there-is-none-of-this-name&tag=1'),
    ],
  },
  {
    name: 'containers',
    steps: [
      BUILD_SLEEPER,
      post('/containers/create?name=THIS-a', SLEEPER),
      post('/containers/create?name=THIS-a', SLEEPER),
      post('/containers/create?name=THIS-b', { ...SLEEPER, Image: 'THIS:none' }),
      post('/containers/create?name=THIS-b', {}),
      post('/containers/create?name=-not-a-name', SLEEPER),
      get('/containers/THIS-none/json'),
      {
        ...get('/containers/THIS-a/json'),
        shape: ['Id', 'Name', 'State', 'Config', 'HostConfig', 'NetworkSettings', 'Image'],
      },
      get(`/containers/json?${filters({ label: ['contract=THIS'] })}`),
      post('/containers/THIS-a/kill'),
      post('/containers/THIS-a/stop'),
      post('/containers/THIS-a/start'),
      post('/containers/THIS-a/start'),
      remove('/images/THIS:sleeper'),
      remove('/containers/THIS-a'),
      post('/containers/THIS-a/kill?signal=NONSENSE'),
      post('/containers/THIS-a/stop?t=0'),
      post('/containers/THIS-a/stop'),
      post('/containers/THIS-a/wait'),
      post('/containers/THIS-none/wait'),
      post('/containers/THIS-none/start'),
      post('/containers/THIS-none/kill'),
      remove('/containers/THIS-none'),
      get('/containers/THIS-none/logs?stdout=1'),
      get('/containers/THIS-a/logs'),
      post('/containers/THIS-a/exec', { Cmd: ['true'] }),
      post('/exec/none/start', {}),
      remove('/containers/THIS-a'),
    ],
  },
  {
    name: 'archives of a container',
    steps: [
      BUILD_SLEEPER,
      post('/containers/create?name=THIS-files', SLEEPER),
      { method: 'PUT', path: '/containers/THIS-files/archive?path=/app', files: { 'put.txt': 'put\n' } },
      { method: 'PUT', path: '/containers/THIS-files/archive?path=/none', files: { 'put.txt': 'put\n' } },
      { method: 'PUT', path: '/containers/THIS-files/archive?path=/app/put.txt', files: { 'put.txt': 'put\n' } },
      { method: 'PUT', path: '/containers/THIS-files/archive', files: { 'put.txt': 'put\n' } },
      { method: 'PUT', path: '/containers/THIS-none/archive?path=/', files: { 'put.txt': 'put\n' } },
      get('/containers/THIS-files/archive?path=/app/put.txt'),
      get('/containers/THIS-files/archive?path=/app'),
      get('/containers/THIS-files/archive?path=/none'),
      get('/containers/THIS-files/archive'),
      get('/containers/THIS-none/archive?path=/'),
      { method: 'HEAD', path: '/containers/THIS-files/archive?path=/app/put.txt' },
      { method: 'HEAD', path: '/containers/THIS-files/archive?path=/none' },
      remove('/containers/THIS-files'),
    ],
  },
  {
    name: 'health',
    steps: [
      build(
        'FROM busybox\nHEALTHCHECK --interval=1s --retries=1 CMD test -e /healthy\nCMD ["sleep", "60"]\n',
        't=THIS:health&rm=1&nocache=1',
      ),
      post('/containers/create?name=THIS-well', {
        ...SLEEPER,
        Image: 'THIS:health',
        Cmd: ['sh', '-c', 'touch /healthy; sleep 60'],
      }),
      post('/containers/create?name=THIS-ill', { ...SLEEPER, Image: 'THIS:health' }),
      post('/containers/create?name=THIS-unchecked', {
        ...SLEEPER,
        Image: 'THIS:health',
        Healthcheck: { Test: ['NONE'] },
      }),
      post('/containers/THIS-well/start'),
      get(`/containers/json?${filters({ health: ['starting'], name: ['THIS-well'] })}`),
      post('/containers/THIS-ill/start'),
      post('/containers/THIS-unchecked/start'),
      { ...get('/containers/THIS-well/json'), until: '"Status":"healthy"', pick: ['State', 'Health', 'Status'] },
      { ...get('/containers/THIS-ill/json'), until: '"Status":"unhealthy"', pick: ['State', 'Health', 'Status'] },
      get(`/events?since=SINCE&until=NOW&${filters({ container: ['THIS-well'], event: ['health_status'] })}`),
      get(`/events?since=SINCE&until=NOW&${filters({ container: ['THIS-ill'], event: ['health_status: unhealthy'] })}`),
      get(`/containers/json?${filters({ health: ['healthy'], name: ['THIS'] })}`),
      get(`/containers/json?${filters({ health: ['unhealthy'], name: ['THIS'] })}`),
      get(`/containers/json?${filters({ health: ['none'], name: ['THIS-unchecked'] })}`),
      { ...get('/containers/THIS-ill/json'), pick: ['Config', 'Healthcheck'] },
      { ...get('/containers/THIS-unchecked/json'), pick: ['State', 'Health'] },
      ...['well', 'ill', 'unchecked'].map((name) => remove(`/containers/THIS-${name}?force=1`)),
    ],
  },
  {
    name: 'what events tell of a container and its image',
    steps: [
      BUILD_SLEEPER,
      post('/containers/create?name=THIS-told', { ...SLEEPER, Cmd: ['sh', '-c', 'exit 7'] }),
      post('/containers/THIS-told/start'),
      post('/containers/THIS-told/wait?condition=not-running'),
      remove('/containers/THIS-told'),
      get(
        `/events?since=SINCE&until=NOW&${filters({ type: ['container'], label: ['contract=THIS'], event: ['create', 'start', 'die', 'destroy'] })}`,
      ),
    ],
  },
];
