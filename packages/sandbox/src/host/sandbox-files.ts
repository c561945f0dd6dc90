import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type MinikubeState, minikubeCommand } from '../minikube/minikube-command.ts';

/** The variables by which devloop, kubectl and docker find the sandbox instead of a cluster of their user. */
export interface SandboxEnvironment {
  readonly KUBECONFIG: string;
  readonly MINIKUBE_HOME: string;
  readonly PATH: string;
}

/** The files by which the sandbox is found: a kubeconfig, minikube's CA, and a `minikube` command that answers for it. */
export class SandboxFiles {
  readonly environment: SandboxEnvironment;
  readonly #command: string;

  constructor(folder: string, env: NodeJS.ProcessEnv) {
    const bin = path.join(folder, 'bin');
    this.#command = path.join(bin, 'minikube');
    this.environment = {
      KUBECONFIG: path.join(folder, 'kubeconfig'),
      MINIKUBE_HOME: path.join(folder, '.minikube'),
      PATH: [bin, env['PATH']].filter(Boolean).join(path.delimiter),
    };
  }

  /** Writes all of them; called again when the sandbox is somewhere else. */
  async write(state: MinikubeState, kubeconfig: string, ca: string): Promise<void> {
    const { KUBECONFIG, MINIKUBE_HOME } = this.environment;
    await mkdir(MINIKUBE_HOME, { recursive: true });
    await mkdir(path.dirname(this.#command), { recursive: true });
    await writeFile(path.join(MINIKUBE_HOME, 'ca.crt'), ca);
    // a shell that is at it reads on in the old one
    await writeFile(`${this.#command}.new`, minikubeCommand(state), { mode: 0o700 });
    await rename(`${this.#command}.new`, this.#command);
    await writeFile(KUBECONFIG, kubeconfig, { mode: 0o600 }); // the last: who reads it finds all of the rest
  }
}
