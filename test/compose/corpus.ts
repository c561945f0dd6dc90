/** A compose file and what becomes of it: the converter's own corpus, in the order of the compose-spec's sections. */
export interface ComposeCase {
  /** Section of the compose-spec's 05-services.md, or the document it is in. */
  readonly section: string;
  readonly name: string;
  readonly compose: string;
  /** Further files, by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly profiles?: readonly string[];
  /** Files laid over compose.yaml. */
  readonly over?: readonly string[];
  /** By `Kind/name`: what the object has among others. */
  readonly objects?: Readonly<Record<string, object>>;
  /** Objects that there are not. */
  readonly without?: readonly string[];
  /** Said of what is carried over otherwise. */
  readonly warnings?: readonly RegExp[];
  /** Said of what stops the project; no objects then. */
  readonly errors?: readonly RegExp[];
}

const pod = (spec: object, more: object = {}) => ({ spec: { template: { spec, ...more } } });
const container = (fields: object) => pod({ containers: [fields] });
const web = (lines: string) => `services:\n  web:\n    image: nginx:1.27\n${lines.replaceAll(/^(?=.)/gm, '    ')}\n`;

export const CORPUS: readonly ComposeCase[] = [
  {
    section: 'image',
    name: 'a service with nothing but an image has a Deployment, and a name that leads to its pods',
    compose: web(''),
    objects: {
      'Deployment/web': { ...container({ name: 'web', image: 'nginx:1.27' }), ...{} },
      'Service/web': { spec: { clusterIP: 'None', selector: { app: 'web' } } },
    },
  },
  {
    section: 'annotations',
    name: 'a mapping',
    compose: web('annotations:\n  com.example.owner: us'),
    objects: { 'Deployment/web': pod({}, { metadata: { annotations: { 'com.example.owner': 'us' } } }) },
  },
  {
    section: 'build',
    name: 'a context; the Dockerfile says which ports',
    compose: 'services:\n  web:\n    build: ./web\n',
    files: { 'web/Dockerfile': 'FROM node:22-slim\nEXPOSE 8080\n' },
    objects: {
      'Deployment/web': container({
        image: 'web',
        ports: [{ name: 'tcp-8080', containerPort: 8080, protocol: 'TCP' }],
      }),
      'Service/web': { spec: { ports: [{ port: 8080, targetPort: 'tcp-8080' }] } },
    },
  },
  {
    section: 'build',
    name: 'the long form with an image whose tag is dropped',
    compose:
      'services:\n  web:\n    image: registry.example/team/web:1.2\n    build: { context: web, dockerfile: Dockerfile.dev, target: dev, args: [VERSION=1] }\n',
    files: { 'web/Dockerfile.dev': 'FROM node:22-slim AS dev\nFROM dev\n' },
    objects: { 'Deployment/web': container({ image: 'registry.example/team/web' }) },
  },
  {
    section: 'build',
    name: 'one image built by one service and named by another',
    compose:
      'services:\n  front:\n    image: ${REGISTRY-127.0.0.1:5000}/hotel\n    build: .\n  geo:\n    image: ${REGISTRY-127.0.0.1:5000}/hotel\n    command: geo\n',
    files: { Dockerfile: 'FROM scratch\n' },
    objects: {
      'Deployment/front': container({ image: '127.0.0.1:5000/hotel' }),
      'Deployment/geo': container({ image: '127.0.0.1:5000/hotel', args: ['geo'] }),
    },
  },
  {
    section: 'cap_add',
    name: 'capabilities in and out, without CAP_',
    compose: web('cap_add: [CAP_NET_BIND_SERVICE, SYS_PTRACE]\ncap_drop: [all]'),
    objects: {
      'Deployment/web': container({
        securityContext: { capabilities: { add: ['NET_BIND_SERVICE', 'SYS_PTRACE'], drop: ['ALL'] } },
      }),
    },
  },
  {
    section: 'command',
    name: 'a line is split as a shell splits words',
    compose: web('command: bundle exec "thin -p" \'a b\' c\\ d'),
    objects: { 'Deployment/web': container({ args: ['bundle', 'exec', 'thin -p', 'a b', 'c d'] }) },
  },
  {
    section: 'command',
    name: 'a list is as it is, and what Kubernetes would fill in is kept from it',
    compose: web('command: ["sh", "-c", "echo $$(id) $$HOME"]'),
    objects: { 'Deployment/web': container({ args: ['sh', '-c', 'echo $$(id) $HOME'] }) },
  },
  {
    section: 'configs',
    name: 'short: a file at the root',
    compose: `${web('configs: [settings]')}configs:\n  settings: { file: ./settings.json }\n`,
    files: { 'settings.json': '{"a":1}' },
    objects: {
      'ConfigMap/settings': { data: { settings: '{"a":1}' } },
      'Deployment/web': container({ volumeMounts: [{ mountPath: '/settings', subPath: 'settings', readOnly: true }] }),
    },
  },
  {
    section: 'configs',
    name: 'long: content of its own, at a place of its own',
    compose: `${web('configs:\n  - source: app\n    target: /etc/app.conf')}configs:\n  app:\n    content: |\n      debug=\${DEBUG:-true}\n`,
    objects: {
      'ConfigMap/app': { data: { app: 'debug=true\n' } },
      'Deployment/web': container({ volumeMounts: [{ mountPath: '/etc/app.conf', subPath: 'app' }] }),
    },
  },
  {
    section: 'configs',
    name: 'one that is not defined',
    compose: web('configs: [nothing]'),
    errors: [/There is no `nothing` among the configs/],
  },
  {
    section: 'container_name',
    name: 'is a name to reach it by',
    compose: web('container_name: my_web\nexpose: ["80"]'),
    objects: { 'Service/my-web': { spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } } },
  },
  {
    section: 'cpus',
    name: 'limits and reservations of the short kind',
    compose: web('cpus: 0.5\nmem_limit: 256m\nmem_reservation: 64mb'),
    objects: {
      'Deployment/web': container({
        resources: { limits: { cpu: '0.5', memory: '256Mi' }, requests: { memory: '64Mi' } },
      }),
    },
  },
  {
    section: 'depends_on',
    name: 'a list, and a condition',
    compose:
      'services:\n  web: { image: nginx, depends_on: [db] }\n  api: { image: nginx, depends_on: { db: { condition: service_healthy } } }\n  db: { image: postgres }\n',
    objects: { 'Deployment/web': {}, 'Deployment/api': {}, 'Deployment/db': {} },
  },
  {
    section: 'depends_on',
    name: 'what others wait to complete is a Job',
    compose:
      'services:\n  web: { image: nginx, depends_on: { migrate: { condition: service_completed_successfully } } }\n  migrate: { image: migrator }\n',
    objects: {
      'Job/migrate': { spec: { backoffLimit: 0, template: { spec: { restartPolicy: 'Never' } } } },
      'Deployment/web': {},
    },
    without: ['Deployment/migrate', 'Service/migrate'],
  },
  {
    section: 'depends_on',
    name: 'a service that there is not',
    compose: web('depends_on: [nobody]'),
    errors: [/depends on `nobody`, which is no service here/],
  },
  {
    section: 'depends_on',
    name: 'one that may be missing',
    compose: web('depends_on: { nobody: { condition: service_started, required: false } }'),
    objects: { 'Deployment/web': {} },
  },
  {
    section: 'deploy',
    name: 'replicas and resources (deploy-specification)',
    compose: web(
      'deploy:\n  replicas: 3\n  resources:\n    limits: { cpus: "1.5", memory: 1gb }\n    reservations: { cpus: "0.25", memory: 20M }',
    ),
    objects: {
      'Deployment/web': {
        spec: {
          replicas: 3,
          template: {
            spec: {
              containers: [
                { resources: { limits: { cpu: '1.5', memory: '1Gi' }, requests: { cpu: '0.25', memory: '20Mi' } } },
              ],
            },
          },
        },
      },
    },
  },
  {
    section: 'devices',
    name: 'are refused',
    compose: web('devices: ["/dev/ttyUSB0"]'),
    errors: [/`devices` cannot be carried over/],
  },
  {
    section: 'dns',
    name: 'servers, domains and options',
    compose: web('dns: 8.8.8.8\ndns_search: [example.com]\ndns_opt: ["ndots:1", use-vc]'),
    objects: {
      'Deployment/web': pod({
        dnsConfig: {
          nameservers: ['8.8.8.8'],
          searches: ['example.com'],
          options: [{ name: 'ndots', value: '1' }, { name: 'use-vc' }],
        },
      }),
    },
  },
  {
    section: 'entrypoint',
    name: 'takes the place of the image’s',
    compose: web('entrypoint: /bin/run --fast\ncommand: []'),
    objects: { 'Deployment/web': container({ command: ['/bin/run', '--fast'] }) },
  },
  {
    section: 'env_file',
    name: 'several, the later one counts, and environment counts for more',
    compose: web(
      'env_file: [a.env, { path: b.env, required: false }, { path: none.env, required: false }]\nenvironment: { C: own }',
    ),
    files: { 'a.env': 'A=1\nB=a\nC=c\n# words\nQ="quoted words"\n', 'b.env': 'B=b\n' },
    objects: {
      'Deployment/web': container({
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: 'b' },
          { name: 'C', value: 'own' },
          { name: 'Q', value: 'quoted words' },
        ],
      }),
    },
  },
  {
    section: 'env_file',
    name: 'one that must be there',
    compose: web('env_file: none.env'),
    errors: [/none\.env cannot be read/],
  },
  {
    section: 'environment',
    name: 'a list; one without a value has that of the environment, or is not set',
    compose: web('environment: [A=1, HOST_ONLY, NOT_SET, "E=", "S=a=b"]'),
    environment: { HOST_ONLY: 'here' },
    objects: {
      'Deployment/web': container({
        env: [
          { name: 'A', value: '1' },
          { name: 'HOST_ONLY', value: 'here' },
          { name: 'E', value: '' },
          { name: 'S', value: 'a=b' },
        ],
      }),
    },
  },
  {
    section: 'environment',
    name: 'a mapping with values of all kinds',
    compose: web('environment:\n  N: 5\n  B: true\n  T: "yes"\n  P: pa$$word$$(x)'),
    objects: {
      'Deployment/web': container({
        env: [
          { name: 'N', value: '5' },
          { name: 'B', value: 'true' },
          { name: 'T', value: 'yes' },
          { name: 'P', value: 'pa$word$$(x)' },
        ],
      }),
    },
  },
  {
    section: 'expose',
    name: 'ports for the other services',
    compose: web('expose: ["3000", 8000, "9000/udp"]'),
    objects: {
      'Service/web': {
        spec: {
          ports: [
            { name: 'tcp-3000', port: 3000 },
            { name: 'tcp-8000', port: 8000 },
            { name: 'udp-9000', port: 9000, protocol: 'UDP' },
          ],
        },
      },
    },
  },
  {
    section: 'extends',
    name: 'a service of the same file',
    compose:
      'services:\n  base: { image: nginx, environment: { A: "1", B: "1" }, ports: ["80"] }\n  web: { extends: base, environment: { B: "2" }, ports: ["81"] }\n',
    objects: {
      'Deployment/web': container({
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
        ports: [{ containerPort: 80 }, { containerPort: 81 }],
      }),
    },
  },
  {
    section: 'extends',
    name: 'a service of another file, with the paths of that',
    compose: 'services:\n  web:\n    extends: { file: common/base.yaml, service: app }\n    command: run\n',
    files: {
      'common/base.yaml': 'services:\n  app:\n    build: app\n    env_file: app.env\n',
      'common/app/Dockerfile': 'FROM scratch\nEXPOSE 5000\n',
      'common/app.env': 'FROM_BASE=1\n',
    },
    objects: {
      'Deployment/web': container({
        args: ['run'],
        env: [{ name: 'FROM_BASE', value: '1' }],
        ports: [{ containerPort: 5000 }],
      }),
    },
  },
  {
    section: 'extends',
    name: 'itself',
    compose: 'services:\n  a: { image: x, extends: b }\n  b: { image: x, extends: a }\n',
    errors: [/extends itself/, /extends itself/],
  },
  {
    section: 'extra_hosts',
    name: 'lines of /etc/hosts',
    warnings: [/`docker=host-gateway` is left out/],
    compose: web('extra_hosts: ["somehost=162.242.195.82", "other:50.31.209.229", "v6=[::1]", "docker=host-gateway"]'),
    objects: {
      'Deployment/web': pod({
        hostAliases: [
          { ip: '162.242.195.82', hostnames: ['somehost'] },
          { ip: '50.31.209.229', hostnames: ['other'] },
          { ip: '::1', hostnames: ['v6'] },
        ],
      }),
    },
  },
  {
    section: 'group_add',
    name: 'groups by number',
    compose: web('group_add: [1001, "1002"]'),
    objects: { 'Deployment/web': pod({ securityContext: { supplementalGroups: [1001, 1002] } }) },
  },
  {
    section: 'healthcheck',
    name: 'a command, with all its times',
    compose: web(
      'healthcheck:\n  test: ["CMD", "curl", "-f", "http://localhost"]\n  interval: 1m30s\n  timeout: 10s\n  retries: 3\n  start_period: 40s\n  start_interval: 5s',
    ),
    objects: {
      'Deployment/web': container({
        startupProbe: {
          exec: { command: ['curl', '-f', 'http://localhost'] },
          timeoutSeconds: 10,
          periodSeconds: 5,
          failureThreshold: 62,
        },
      }),
    },
  },
  {
    section: 'healthcheck',
    name: 'a line for the shell',
    compose: web('healthcheck: { test: ["CMD-SHELL", "curl -f localhost || exit 1"] }'),
    objects: {
      'Deployment/web': container({
        startupProbe: { exec: { command: ['sh', '-c', 'curl -f localhost || exit 1'] } },
      }),
    },
  },
  {
    section: 'healthcheck',
    name: 'turned off',
    compose: web('healthcheck: { disable: true }'),
    objects: { 'Deployment/web': container({ name: 'web' }) },
  },
  {
    section: 'healthcheck',
    name: 'of the Dockerfile, with what is said here over it',
    compose: 'services: { web: { build: web, healthcheck: { retries: 5 } } }\n',
    files: { 'web/Dockerfile': 'FROM node\nHEALTHCHECK --interval=5s --retries=2 CMD ["node", "ask.js"]\n' },
    objects: {
      'Deployment/web': container({ startupProbe: { exec: { command: ['node', 'ask.js'] }, failureThreshold: 25 } }),
    },
  },
  {
    section: 'hostname',
    name: 'of the pods, and a name to reach them by',
    compose: web('hostname: front\nexpose: [80]'),
    objects: { 'Deployment/web': pod({ hostname: 'front' }), 'Service/front': { spec: { selector: { app: 'web' } } } },
  },
  {
    section: 'labels',
    name: 'are annotations, those that Kubernetes can have',
    compose: web('labels: ["com.example.department=Finance", "com.example.empty", "not a key=1"]'),
    objects: {
      'Deployment/web': pod(
        {},
        { metadata: { annotations: { 'com.example.department': 'Finance', 'com.example.empty': '' } } },
      ),
    },
  },
  {
    section: 'links',
    name: 'depend on what they name',
    compose: 'services:\n  web: { image: nginx, links: ["db:database"] }\n  db: { image: postgres }\n',
    objects: { 'Deployment/web': {}, 'Service/database': { spec: { selector: { app: 'db' } } } },
  },
  {
    section: 'logging',
    name: 'is left out, and said',
    compose: web('logging: { driver: json-file }'),
    objects: { 'Deployment/web': {} },
    warnings: [/`logging` is left out: devloop follows every log/],
  },
  {
    section: 'network_mode',
    name: 'host',
    compose: web('network_mode: host'),
    objects: { 'Deployment/web': pod({ hostNetwork: true }) },
  },
  {
    section: 'network_mode',
    name: 'of another service',
    compose: 'services:\n  web: { image: nginx, network_mode: "service:db" }\n  db: { image: postgres }\n',
    errors: [/`network_mode: service:db` cannot be carried over/],
  },
  {
    section: 'networks',
    name: 'aliases are names to reach it by; networks themselves are all one',
    compose: `${web('expose: [80]\nnetworks:\n  front: { aliases: [shop, store] }\n  back:')}networks: { front: , back: }\n`,
    objects: { 'Service/web': {}, 'Service/shop': { spec: { selector: { app: 'web' } } }, 'Service/store': {} },
  },
  {
    section: 'networks',
    name: 'names that Kubernetes cannot have are others, which is said where somebody may go by them',
    compose:
      'services:\n  my_web:\n    image: nginx\n    container_name: the_web\n    networks: { default: { aliases: [shop.local] } }\n  api: { image: nginx, container_name: the_api, environment: { WEB: "http://the_web:80" } }\n',
    objects: { 'Service/my-web': {}, 'Service/the-web': {}, 'Service/shop': {} },
    warnings: [
      /Others reach `my_web` as `my-web` only/,
      /Others reach `the_web` as `the-web` only/,
      /Others reach `shop.local` as `shop` only/,
    ],
  },
  {
    section: 'networks',
    name: 'a service with a dot in its name is reached by all of it',
    compose: 'services:\n  api.v1: { image: nginx }\n  web: { image: nginx }\n',
    objects: { 'Service/api-v1': {} },
    warnings: [/Others reach `api.v1` as `api-v1` only/],
  },
  {
    section: 'pid',
    name: 'of the host',
    compose: web('pid: host'),
    objects: { 'Deployment/web': pod({ hostPID: true }) },
  },
  {
    section: 'ports',
    name: 'short: all forms',
    compose: web(
      'ports:\n  - "3000"\n  - "8000:80"\n  - "9090-9091:8080-8081"\n  - "127.0.0.1:8001:8001"\n  - "6060:6060/udp"',
    ),
    objects: {
      'Service/web': {
        spec: {
          ports: [
            { port: 3000 },
            { port: 80 },
            { port: 8080 },
            { port: 8081 },
            { port: 8001 },
            { port: 6060, protocol: 'UDP' },
          ],
        },
      },
    },
    warnings: [/UDP is not forwarded/],
  },
  {
    section: 'ports',
    name: 'long',
    compose: web(
      'ports:\n  - { name: web-secured, target: 443, host_ip: 127.0.0.1, published: "8083-9000", protocol: tcp, mode: host }',
    ),
    objects: { 'Service/web': { spec: { ports: [{ name: 'web-secured', port: 443 }] } } },
  },
  { section: 'ports', name: 'that are none', compose: web('ports: ["eighty"]'), errors: [/`eighty` is no port/] },
  {
    section: 'privileged',
    name: 'containers',
    compose: web('privileged: true'),
    objects: { 'Deployment/web': container({ securityContext: { privileged: true } }) },
  },
  {
    section: 'profiles',
    name: 'those that are not on are left out',
    compose: 'services:\n  web: { image: nginx }\n  debug: { image: busybox, profiles: [debug] }\n',
    objects: { 'Deployment/web': {} },
    without: ['Deployment/debug'],
  },
  {
    section: 'profiles',
    name: 'those that are on',
    compose: 'services:\n  web: { image: nginx }\n  debug: { image: busybox, profiles: [debug] }\n',
    profiles: ['debug'],
    objects: { 'Deployment/debug': {} },
  },
  {
    section: 'pull_policy',
    name: 'as Kubernetes calls it',
    compose: web('pull_policy: always'),
    objects: { 'Deployment/web': container({ imagePullPolicy: 'Always' }) },
  },
  {
    section: 'pull_policy',
    name: 'what is there is not asked for, whatever its tag',
    compose: 'services:\n  web: { image: nginx }\n  db: { image: "redis:latest", pull_policy: daily }\n',
    objects: {
      'Deployment/web': container({ imagePullPolicy: 'IfNotPresent' }),
      'Deployment/db': container({ imagePullPolicy: 'IfNotPresent' }),
    },
  },
  {
    section: 'read_only',
    name: 'with memory to write to',
    compose: web('read_only: true\ntmpfs:\n  - /run\n  - /tmp:size=64m,mode=1777'),
    objects: {
      'Deployment/web': pod({
        containers: [
          {
            securityContext: { readOnlyRootFilesystem: true },
            volumeMounts: [{ mountPath: '/run' }, { mountPath: '/tmp' }],
          },
        ],
        volumes: [{ emptyDir: { medium: 'Memory' } }, { emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } }],
      }),
    },
  },
  {
    section: 'restart',
    name: 'no: nobody can tell whether it ends, so it is live when it runs as when it has ended well',
    compose: web('restart: "no"'),
    objects: { 'Pod/web': { spec: { restartPolicy: 'Never', containers: [{ name: 'web' }] } } },
    without: ['Deployment/web', 'Job/web'],
  },
  {
    section: 'restart',
    name: 'no, of what serves: it goes on',
    compose: web('restart: "no"\nports: ["8080:80"]'),
    objects: { 'Deployment/web': {} },
    without: ['Job/web', 'Pod/web'],
  },
  {
    section: 'restart',
    name: 'on-failure, of what is asked for its health: it goes on',
    compose: web('restart: on-failure\nhealthcheck: { test: "true" }'),
    objects: { 'Deployment/web': {} },
    without: ['Job/web', 'Pod/web'],
  },
  {
    section: 'restart',
    name: 'on-failure, of what others wait to complete',
    compose:
      'services:\n  web: { image: nginx, depends_on: { m: { condition: service_completed_successfully } } }\n  m: { image: migrator, restart: "on-failure:3" }\n',
    objects: { 'Job/m': { spec: { backoffLimit: 3, template: { spec: { restartPolicy: 'OnFailure' } } } } },
  },
  {
    section: 'restart',
    name: 'on-failure, so many times',
    compose: web('restart: on-failure:3'),
    objects: { 'Pod/web': { spec: { restartPolicy: 'OnFailure' } } },
    without: ['Job/web'],
  },
  { section: 'restart', name: 'always', compose: web('restart: unless-stopped'), objects: { 'Deployment/web': {} } },
  {
    section: 'scale',
    name: 'replicas',
    compose: web('scale: 2'),
    objects: { 'Deployment/web': { spec: { replicas: 2 } } },
  },
  {
    section: 'secrets',
    name: 'short: a file of its own',
    compose: `${web('secrets: [token]')}secrets:\n  token: { file: ./token.txt }\n`,
    files: { 'token.txt': 'geheim' },
    objects: {
      'Secret/token': { data: { token: 'Z2VoZWlt' } },
      'Deployment/web': container({ volumeMounts: [{ mountPath: '/run/secrets/token', subPath: 'token' }] }),
    },
  },
  {
    section: 'secrets',
    name: 'long: of the environment, by another name',
    compose: `${web('secrets:\n  - { source: token, target: server.key }')}secrets:\n  token: { environment: TOKEN }\n`,
    environment: { TOKEN: 'x' },
    objects: {
      'Secret/token': { data: { token: 'eA==' } },
      'Deployment/web': container({ volumeMounts: [{ mountPath: '/run/secrets/server.key', subPath: 'token' }] }),
    },
  },
  {
    section: 'secrets',
    name: 'one that is there already',
    compose: `${web('secrets: [token]')}secrets:\n  token: { external: true, name: real-token }\n`,
    objects: { 'Deployment/web': pod({ volumes: [{ secret: { secretName: 'real-token' } }] }) },
    without: ['Secret/real-token', 'Secret/token'],
  },
  {
    section: 'build',
    name: 'what a build cannot have is refused, or left out and said; what makes no difference is not',
    compose:
      'services:\n  web: { build: { context: ., dockerfile_inline: FROM node } }\n  api: { build: { context: ., dockerfil: x, cache_from: [y], tags: [z] } }\n',
    errors: [/`dockerfile_inline` cannot be carried over/, /`dockerfil` is no key of a build/],
  },
  {
    section: 'build',
    name: 'what steps may lack is left out and said',
    compose: 'services:\n  web: { build: { context: ., secrets: [token], network: host } }\n',
    files: { Dockerfile: 'FROM node' },
    warnings: [/`secrets` is left out/, /`network` is left out/],
  },
  {
    section: 'security_opt',
    name: 'others are left out and said',
    compose: web('security_opt: ["seccomp:unconfined"]'),
    warnings: [/`seccomp:unconfined` is left out/],
  },
  {
    section: 'volumes',
    name: 'what keeps a mount of the sources from hiding what the image has is in the image: anonymous, or by its name',
    compose:
      'services:\n  web:\n    build: web\n    volumes: ["./web:/app", "/app/node_modules", "modules:/app/ui/node_modules", "uploads:/app/uploads", "/cache"]\nvolumes: { modules: , uploads: }\n',
    files: { 'web/Dockerfile': 'FROM node' },
    warnings: [/`modules` is left out: the image has what is at \/app\/ui\/node_modules/],
    objects: {
      'Deployment/web': container({ volumeMounts: [{ mountPath: '/app/uploads' }, { mountPath: '/cache' }] }),
      'PersistentVolumeClaim/uploads': {},
    },
    without: ['PersistentVolumeClaim/modules'],
  },
  {
    section: 'security_opt',
    name: 'no new privileges',
    compose: web('security_opt: ["no-new-privileges:true"]'),
    objects: { 'Deployment/web': container({ securityContext: { allowPrivilegeEscalation: false } }) },
  },
  {
    section: 'shm_size',
    name: 'memory at /dev/shm',
    compose: web('shm_size: 128m'),
    objects: {
      'Deployment/web': pod({
        containers: [{ volumeMounts: [{ mountPath: '/dev/shm' }] }],
        volumes: [{ emptyDir: { medium: 'Memory', sizeLimit: '128Mi' } }],
      }),
    },
  },
  {
    section: 'stop_grace_period',
    name: 'of the pods',
    compose: web('stop_grace_period: 1m30s'),
    objects: { 'Deployment/web': pod({ terminationGracePeriodSeconds: 90 }) },
  },
  {
    section: 'sysctls',
    name: 'of the pods, those that nodes allow',
    compose: web('sysctls: ["net.ipv4.tcp_syncookies=0"]'),
    objects: {
      'Deployment/web': pod({ securityContext: { sysctls: [{ name: 'net.ipv4.tcp_syncookies', value: '0' }] } }),
    },
  },
  {
    section: 'sysctls',
    name: 'one that a node turns pods away for is left out and said',
    compose: web('sysctls: { net.core.somaxconn: 1024, net.ipv4.tcp_syncookies: 1 }'),
    objects: {
      'Deployment/web': pod({ securityContext: { sysctls: [{ name: 'net.ipv4.tcp_syncookies', value: '1' }] } }),
    },
    warnings: [/`net\.core\.somaxconn` is left out/],
  },
  {
    section: 'tty',
    name: 'and standard input',
    compose: web('tty: true\nstdin_open: true'),
    objects: { 'Deployment/web': container({ tty: true, stdin: true }) },
  },
  {
    section: 'user',
    name: 'and group, by number',
    compose: web('user: "1000:1001"'),
    objects: { 'Deployment/web': container({ securityContext: { runAsUser: 1000, runAsGroup: 1001 } }) },
  },
  {
    section: 'user',
    name: 'by name, which is for the engine to look up',
    compose: web('user: node:staff'),
    objects: { 'Deployment/web': container({ name: 'web' }) },
  },
  {
    section: 'volumes',
    name: 'a named one is kept, and one pod at a time has it',
    compose: `${web('volumes: ["data:/var/lib/data", "/anonymous"]')}volumes: { data: }\n`,
    objects: {
      'PersistentVolumeClaim/data': { spec: { accessModes: ['ReadWriteOnce'] } },
      'Deployment/web': {
        spec: {
          strategy: { type: 'Recreate' },
          template: { spec: { volumes: [{ persistentVolumeClaim: { claimName: 'data' } }, { emptyDir: {} }] } },
        },
      },
    },
  },
  {
    section: 'volumes',
    name: 'long, with a part of it and read-only',
    compose: `${web('volumes:\n  - { type: volume, source: data, target: /data, read_only: true, volume: { subpath: sub } }\n  - { type: tmpfs, target: /cache, tmpfs: { size: 10m } }')}volumes: { data: { name: shared-data } }\n`,
    objects: {
      'PersistentVolumeClaim/shared-data': {},
      'Deployment/web': container({
        volumeMounts: [{ mountPath: '/data', subPath: 'sub', readOnly: true }, { mountPath: '/cache' }],
      }),
    },
  },
  {
    section: 'volumes',
    name: 'files and folders of the project',
    compose: web('volumes:\n  - ./nginx.conf:/etc/nginx/nginx.conf:ro\n  - ./conf.d:/etc/nginx/conf.d'),
    files: { 'nginx.conf': 'events {}', 'conf.d/a.conf': 'a', 'conf.d/b.conf': 'b' },
    objects: {
      'ConfigMap/web-bind-0': { data: { 'nginx.conf': 'events {}' } },
      'ConfigMap/web-bind-1': { data: { 'a.conf': 'a', 'b.conf': 'b' } },
      'Deployment/web': container({
        volumeMounts: [
          { mountPath: '/etc/nginx/nginx.conf', subPath: 'nginx.conf', readOnly: true },
          { mountPath: '/etc/nginx/conf.d' },
        ],
      }),
    },
  },
  {
    section: 'volumes',
    name: 'sources that the image holds are not mounted over it',
    compose: 'services:\n  web:\n    build: .\n    volumes: ["./src:/app/src"]\n',
    files: { Dockerfile: 'FROM scratch\n', 'src/main.js': '' },
    objects: { 'Deployment/web': container({ image: 'web' }) },
    without: ['ConfigMap/web-bind-0'],
  },
  {
    section: 'volumes',
    name: 'a folder of folders',
    compose: web('volumes: ["./tree:/tree"]'),
    files: { 'tree/a/b.txt': 'b' },
    errors: [/tree cannot be mounted at \/tree: it has folders in it/],
  },
  {
    section: 'volumes',
    name: 'a path of the node',
    compose: web('volumes: ["/var/run/docker.sock:/var/run/docker.sock"]'),
    objects: { 'Deployment/web': pod({ volumes: [{ hostPath: { path: '/var/run/docker.sock' } }] }) },
    warnings: [/docker\.sock is that of the node/],
  },
  {
    section: 'volumes',
    name: 'a folder that is yet to be written',
    compose: web('volumes: ["./pgdata:/var/lib/postgresql/data"]'),
    objects: { 'Deployment/web': pod({ volumes: [{ emptyDir: {} }] }) },
    warnings: [/is not kept in pgdata/],
  },
  {
    section: 'volumes_from',
    name: 'is refused',
    compose: web('volumes_from: [db]'),
    errors: [/`volumes_from` cannot be carried over/],
  },
  {
    section: 'working_dir',
    name: 'of the container',
    compose: web('working_dir: /srv'),
    objects: { 'Deployment/web': container({ workingDir: '/srv' }) },
  },
  {
    section: 'x-*',
    name: 'are nobody’s business',
    compose: `x-common: &c { image: nginx }\n${'services:\n  web: { <<: *c, x-mine: 1 }\n'}`,
    objects: { 'Deployment/web': container({ image: 'nginx' }) },
  },
  {
    section: 'unknown',
    name: 'keys are mistakes',
    compose: web('comand: x'),
    errors: [/`comand` is no key of a compose service/],
  },
  {
    section: '12-interpolation',
    name: 'defaults, replacements and .env',
    compose: web(
      'environment:\n  A: ${A:-a}\n  B: ${B-b}\n  C: ${C:+c}\n  D: ${D}\n  E: ${E:-${F:-deep}}\n  G: "$G!"\n  H: $$H',
    ),
    files: { '.env': 'A=\nC=x\nD="of ${G}"\nG=dotenv\n' },
    environment: { B: '' },
    objects: {
      'Deployment/web': container({
        env: [
          { name: 'A', value: 'a' },
          { name: 'B', value: '' },
          { name: 'C', value: 'c' },
          { name: 'D', value: 'of ' },
          { name: 'E', value: 'deep' },
          { name: 'G', value: 'dotenv!' },
          { name: 'H', value: '$H' },
        ],
      }),
    },
  },
  {
    section: '12-interpolation',
    name: 'a variable that must be set',
    compose: web('environment: { A: "${A:?tell me A}" }'),
    errors: [/A has no value: tell me A/],
  },
  {
    section: '13-merge',
    name: 'a file laid over another',
    compose:
      web('ports: ["8080:80"]\nenvironment: [A=1, B=1]\nvolumes: ["a:/data"]\ncommand: one\ndns: [1.1.1.1]') +
      'volumes: { a: , b: }\n',
    over: ['over.yaml'],
    files: {
      'over.yaml':
        'services:\n  web:\n    ports: ["8443:443"]\n    environment: { B: "2" }\n    volumes: ["b:/data"]\n    command: two\n    dns: [8.8.8.8]\n',
    },
    objects: {
      'Deployment/web': pod({
        containers: [
          {
            args: ['two'],
            ports: [{ containerPort: 80 }, { containerPort: 443 }],
            env: [
              { name: 'A', value: '1' },
              { name: 'B', value: '2' },
            ],
            volumeMounts: [{ name: 'b', mountPath: '/data' }],
          },
        ],
        dnsConfig: { nameservers: ['1.1.1.1', '8.8.8.8'] },
      }),
    },
  },
  {
    section: '13-merge',
    name: '!reset and !override',
    compose: web('ports: ["8080:80"]\nenvironment: { A: "1" }\ndevices: ["/dev/x"]'),
    over: ['over.yaml'],
    files: {
      'over.yaml':
        'services:\n  web:\n    ports: !override ["81"]\n    devices: !reset []\n    environment: !reset null\n',
    },
    objects: { 'Deployment/web': container({ ports: [{ containerPort: 81 }] }) },
  },
  {
    section: '14-include',
    name: 'files of other folders',
    compose: 'include:\n  - db/compose.yaml\nservices:\n  web: { image: nginx, depends_on: [db] }\n',
    files: {
      'db/compose.yaml':
        'services:\n  db:\n    image: postgres\n    env_file: db.env\n    environment: { P: "${P}" }\n',
      'db/db.env': 'X=1\n',
      'db/.env': 'P=of db\n',
    },
    objects: {
      'Deployment/db': container({
        env: [
          { name: 'X', value: '1' },
          { name: 'P', value: 'of db' },
        ],
      }),
      'Deployment/web': {},
    },
  },
  { section: 'yaml', name: 'that is none', compose: 'services:\n  web: {\n', errors: [/not closed|not valid/] },
];
