import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

export interface GeneratedService {
  readonly name: string;
  /** What it answers; the file that a save changes is `<name>/message.txt`. */
  readonly message: string;
  /** Whether the program ends on SIGTERM; if not, it ignores it, as node does as PID 1. */
  readonly endsOnSigterm: boolean;
  /** Whether a NodePort leads to it. */
  readonly nodePort: boolean;
  /** Its server.js, instead of one that answers the message. */
  readonly program?: string;
  /** Lines that it writes a second, numbered; default: none. */
  readonly linesPerSecond?: number;
}

/** Writes a service: folder with Dockerfile and program, and its manifest in `k8s/`. */
export async function writeService(folder: string, service: GeneratedService): Promise<void> {
  const { name } = service;
  const own = path.join(folder, name);
  await mkdir(own, { recursive: true });
  await mkdir(path.join(folder, 'k8s'), { recursive: true });
  await writeFile(path.join(own, 'Dockerfile'), dockerfile());
  await writeFile(path.join(own, 'server.js'), service.program ?? program(service));
  await writeFile(path.join(own, 'message.txt'), service.message);
  await writeFile(path.join(folder, 'k8s', `${name}.yaml`), manifest(name, name, service.nodePort));
}

function dockerfile(): string {
  return `FROM node:22-slim
WORKDIR /app
COPY . .
EXPOSE 8080
CMD ["node", "server.js"]
`;
}

function program({ endsOnSigterm, linesPerSecond = 0 }: GeneratedService): string {
  return `const message = require('node:fs').readFileSync(__dirname + '/message.txt', 'utf8').trim();
require('node:http').createServer((_request, response) => response.end(message)).listen(8080);
${endsOnSigterm ? "process.on('SIGTERM', () => process.exit(0));\n" : ''}${linesPerSecond > 0 ? chatter(linesPerSecond) : ''}`;
}

const CHATTER_MS = 50;

/** Writes numbered lines of the kinds that programs write: plain, coloured, JSON, with wide characters. */
function chatter(linesPerSecond: number): string {
  return `const begin = Date.now();
let written = 0;
setInterval(() => {
  const due = Math.floor(((Date.now() - begin) / 1000) * ${linesPerSecond});
  let text = '';
  for (; written < due; written++) {
    switch (written % 4) {
      case 0: text += 'line ' + written + ' GET /api/items/' + written + ' 200 in 3 ms\\n'; break;
      case 1: text += '\\u001b[32mINFO\\u001b[0m line ' + written + ' handled a request of a user\\n'; break;
      case 2: text += JSON.stringify({ level: 'warn', line: 'line ' + written, msg: 'slow query', ms: 12 }) + '\\n'; break;
      default: text += 'line ' + written + ' größer 漢字 🚀 done\\n';
    }
  }
  process.stdout.write(text);
}, ${CHATTER_MS});
`;
}

/** A Deployment of one replica and its Service. */
export function manifest(name: string, image: string, nodePort: boolean): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  replicas: 1
  selector:
    matchLabels: { app: ${name} }
  template:
    metadata:
      labels: { app: ${name} }
    spec:
      containers:
        - name: ${name}
          image: ${image}
          imagePullPolicy: IfNotPresent
          ports: [{ containerPort: 8080 }]
---
apiVersion: v1
kind: Service
metadata:
  name: ${name}
spec:
  type: ${nodePort ? 'NodePort' : 'ClusterIP'}
  selector: { app: ${name} }
  ports: [{ port: 80, targetPort: 8080 }]
`;
}
