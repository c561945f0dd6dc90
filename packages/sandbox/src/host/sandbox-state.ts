import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the sandbox's `minikube` command answers from, in a file beside it. */
export interface SandboxState {
  /** Name of the minikube profile, and of the context. */
  readonly profile: string;
  readonly address: string;
  readonly apiPort: number;
  /** As `DOCKER_HOST` says it. */
  readonly engine: string;
  readonly kubernetesVersion: string;
}

/** The variables by which devloop, kubectl and docker find the sandbox instead of a cluster of their user. */
export interface SandboxEnvironment {
  readonly KUBECONFIG: string;
  readonly MINIKUBE_HOME: string;
  readonly PATH: string;
}

const MINIKUBE_MAIN = fileURLToPath(import.meta.resolve('../minikube/main.js'));

/** The files by which the sandbox is found: a kubeconfig, minikube's CA, and a `minikube` command that answers for it. */
export class SandboxFiles {
  readonly environment: SandboxEnvironment;
  readonly #state: string;
  readonly #command: string;

  constructor(folder: string, env: NodeJS.ProcessEnv) {
    const bin = path.join(folder, 'bin');
    this.#state = path.join(folder, 'sandbox.json');
    this.#command = path.join(bin, 'minikube');
    this.environment = {
      KUBECONFIG: path.join(folder, 'kubeconfig'),
      MINIKUBE_HOME: path.join(folder, '.minikube'),
      PATH: [bin, env['PATH']].filter(Boolean).join(path.delimiter),
    };
  }

  /** Writes all of them; called again when the sandbox is somewhere else. */
  async write(state: SandboxState, kubeconfig: string, ca: string): Promise<void> {
    const { KUBECONFIG, MINIKUBE_HOME } = this.environment;
    await mkdir(MINIKUBE_HOME, { recursive: true });
    await mkdir(path.dirname(this.#command), { recursive: true });
    await writeFile(path.join(MINIKUBE_HOME, 'ca.crt'), ca);
    await writeFile(this.#state, JSON.stringify(state), { mode: 0o600 });
    await writeFile(this.#command, shellScript([process.execPath, MINIKUBE_MAIN, this.#state]));
    await chmod(this.#command, 0o700);
    await writeFile(KUBECONFIG, kubeconfig, { mode: 0o600 }); // the last: who reads it finds all of the rest
  }
}

function shellScript(command: readonly string[]): string {
  const quoted = command.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`);
  return `#!/bin/sh\nexec ${quoted.join(' ')} "$@"\n`;
}
