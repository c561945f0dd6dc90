import type { ObjectStore } from '../ports/object-store.ts';

const POD = { resource: 'pods', namespace: 'default', name: 'log-load' };
/** Lines come in bursts of as many as are due. */
const EVERY_MS = 10;

/**
 * Starts a pod that writes so many lines a second, with their numbers from 1 on. Disposing deletes it.
 *
 * @throws StatusError where one of its name is there
 */
export function startLogLoad(store: ObjectStore, perSecond: number): Disposable {
  const { namespace, name } = POD;
  store.create(POD.resource, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { app: name } },
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 0,
      containers: [{ name, image: 'node', command: ['node', '-e', program(perSecond)] }],
    },
  });
  return { [Symbol.dispose]: () => store.delete(POD, { gracePeriodSeconds: 0 }) };
}

function program(perSecond: number): string {
  return `const begin = performance.now();
let told = 0;
setInterval(() => {
  const due = Math.floor(((performance.now() - begin) * ${perSecond}) / 1000);
  let text = '';
  while (told < due) text += 'line ' + (told += 1) + ' of a pod that has much to say\\n';
  process.stdout.write(text);
}, ${EVERY_MS});`;
}
