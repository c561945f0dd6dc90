import { commandEnvironment } from '../rig/devloop-rig.ts';
import { mustRun } from '../rig/run-command.ts';

/** The environment in which `docker` means the node's engine, as `eval $(minikube docker-env)` makes it. */
export async function engineEnvironment(): Promise<Record<string, string | undefined>> {
  const lines = (await mustRun('minikube', ['docker-env', '--shell', 'none'])).split('\n');
  const variables = lines.filter((line) => line.includes('=')).map((line) => line.split(/=(.*)/s, 2));
  return commandEnvironment(Object.fromEntries(variables));
}
