/** A command line of kubectl. `NS` stands for the namespace of the run, `POD` for the name of web's pod. */
export interface KubectlStep {
  readonly args: readonly string[];
  readonly input?: string;
  /** Labels of pods of which one has to be there before. */
  readonly after?: string;
  /** Another command that runs beside it, whose words are not compared. */
  readonly beside?: readonly string[];
}

export interface KubectlCase {
  readonly name: string;
  readonly steps: readonly KubectlStep[];
}

const SERVER = `const http = require('node:http');
console.log('ready');
http.createServer((request, response) => response.end(request.url === '/' ? 'hello\\n' : request.url)).listen(8080);
process.on('SIGTERM', () => process.exit(0));`;

/** A Deployment that says `ready` and serves `hello` at port 8080, elsewhere the path that it is asked for, and its Service. */
export const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { app: web } }
spec:
  replicas: 1
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      automountServiceAccountToken: false
      containers:
        - name: web
          image: node:22-slim
          command: [node, -e, ${JSON.stringify(SERVER)}]
          ports: [{ containerPort: 8080 }]
          readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
`;

/** A Job that says a line, and ends with another one when a file is there: however late kubectl looks, it has not ended before. */
const COUNTS = `apiVersion: batch/v1
kind: Job
metadata: { name: counts }
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      automountServiceAccountToken: false
      containers:
        - { name: counts, image: busybox, imagePullPolicy: IfNotPresent, command: [sh, -c, 'echo line 1; until [ -e /tmp/go ]; do sleep 0.1; done; echo line 2'] }
`;

const COUNTS_POD = 'job-name=counts';

const step = (...args: string[]): KubectlStep => ({ args });
const withInput = (input: string, ...args: string[]): KubectlStep => ({ args, input });

const SCRIPT = 'echo out; echo err >&2; exit 3';
export const KUBECTL_CONTRACT: readonly KubectlCase[] = [
  {
    name: 'apply, roll out, look',
    steps: [
      withInput(WEB, 'apply', '-f', '-'),
      step('rollout', 'status', 'deployment/web'),
      withInput(WEB, 'apply', '-f', '-'),
      withInput(WEB.replace('replicas: 1', 'replicas: 1.5'), 'apply', '-f', '-'),
      withInput(WEB.replace('replicas: 1', 'replicas: -1'), 'apply', '-f', '-'),
      step('get', 'pods,deployments,services,endpoints'),
      step('get', 'pods,deploy', '-A'),
      step('get', 'deployment', 'web', '-o', 'jsonpath={.status.readyReplicas}'),
      step('get', 'pods', '-l', 'app=web', '-o', 'name'),
      step('get', 'pods', '-l', 'app=none'),
      step('get', 'deployment', 'none'),
      step('get', 'nonsense'),
      step('describe', 'service', 'web'),
      step('describe', 'deployment', 'web'),
    ],
  },
  {
    name: 'commands in a container',
    steps: [
      step('exec', 'POD', '--', 'sh', '-c', SCRIPT),
      withInput('shout\n', 'exec', '-i', 'POD', '--', 'sh', '-c', 'tr a-z A-Z'),
      step('exec', 'POD', '--', 'there-is-none'),
      step('exec', 'POD', '-c', 'none', '--', 'true'),
      step('exec', 'none', '--', 'true'),
      step('exec', 'deployment/web', '--', 'sh', '-c', 'exit 0'),
    ],
  },
  {
    name: 'logs',
    steps: [
      step('logs', 'POD'),
      step('logs', 'deployment/web', '--tail=1'),
      step('logs', 'none'),
      step('logs', 'POD', '-c', 'none'),
      step('logs', 'POD', '--previous'),
      withInput(COUNTS, 'apply', '-f', '-'),
      { ...step('wait', '--for=condition=Ready', 'pod', '-l', COUNTS_POD, '--timeout=60s'), after: COUNTS_POD },
      { ...step('logs', '-f', 'job/counts'), beside: ['exec', 'job/counts', '--', 'touch', '/tmp/go'] },
      step('wait', '--for=condition=Complete', 'job/counts', '--timeout=60s'),
      step('get', 'job', 'counts', '-o', 'jsonpath={.status.succeeded}'),
    ],
  },
  {
    name: 'scale, restart, undo, delete',
    steps: [
      step('scale', 'deployment/web', '--replicas=2'),
      step('rollout', 'status', 'deployment/web'),
      step('scale', 'deployment/web', '--replicas=1', '--current-replicas=5'),
      step('scale', 'deployment/none', '--replicas=1'),
      step('set', 'env', 'deployment/web', 'A=b'),
      step('rollout', 'status', 'deployment/web'),
      step('rollout', 'history', 'deployment/web'),
      step('rollout', 'undo', 'deployment/web'),
      step('rollout', 'status', 'deployment/web'),
      step('rollout', 'pause', 'deployment/web'),
      step('rollout', 'pause', 'deployment/web'),
      step('rollout', 'resume', 'deployment/web'),
      step('label', 'deployment', 'web', 'x=y'),
      step('annotate', 'deployment', 'web', 'x=y'),
      step('delete', 'deployment,service', 'web'),
      step('delete', 'deployment', 'web'),
    ],
  },
];
