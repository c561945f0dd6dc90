import type { SandboxState } from '../host/sandbox-state.ts';

/** The version whose answers these are like. */
const VERSION = 'v1.37.0';
/** minikube's exit codes: pkg/minikube/reason. */
const EXIT = { usage: 64, noProfile: 85 };

export interface MinikubeOptions {
  readonly profile?: string;
  readonly output?: string;
  readonly shell?: string;
}

export interface MinikubeAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What `minikube` says of a sandbox. */
export function answerMinikube(
  state: SandboxState,
  words: readonly string[],
  { profile = state.profile, output, shell }: MinikubeOptions,
): MinikubeAnswer {
  const [command, subcommand] = words;
  const isKnown = profile === state.profile;
  switch (command) {
    case 'version':
      return said(`${VERSION}\n`);
    case 'profile':
      if (subcommand === 'list') return said(`${JSON.stringify({ invalid: [], valid: [profileOf(state)] })}\n`);
      return said(`* ${state.profile}\n`);
    case 'ip':
      return isKnown ? said(`${state.address}\n`) : noProfile(profile);
    case 'status':
      return isKnown ? status(state, output) : noProfile(profile);
    case 'docker-env':
      return isKnown ? said(environment(state, shell)) : noProfile(profile);
    default:
      return {
        exitCode: EXIT.usage,
        stdout: '',
        stderr: `X The sandbox's minikube does not know ${words.join(' ') || 'this'}: version, profile list, status, ip, docker-env\n`,
      };
  }
}

function said(stdout: string): MinikubeAnswer {
  return { exitCode: 0, stdout, stderr: '' };
}

function noProfile(profile: string): MinikubeAnswer {
  const stdout = `* Profile "${profile}" not found. Run "minikube profile list" to view all profiles.\n`;
  return { exitCode: EXIT.noProfile, stdout, stderr: '' };
}

function profileOf({ profile, address, apiPort, kubernetesVersion }: SandboxState): unknown {
  return {
    Name: profile,
    Status: 'OK',
    Active: true,
    Config: {
      Name: profile,
      Driver: 'sandbox',
      KubernetesConfig: { KubernetesVersion: kubernetesVersion, ContainerRuntime: 'docker', ClusterName: profile },
      Nodes: [{ Name: '', IP: address, Port: apiPort, KubernetesVersion: kubernetesVersion, ControlPlane: true }],
    },
  };
}

function status({ profile }: SandboxState, output: string | undefined): MinikubeAnswer {
  const parts = { Name: profile, Host: 'Running', Kubelet: 'Running', APIServer: 'Running', Kubeconfig: 'Configured' };
  if (output === 'json') return said(`${JSON.stringify({ ...parts, Worker: false })}\n`);
  return said(
    `${profile}\ntype: Control Plane\nhost: Running\nkubelet: Running\napiserver: Running\nkubeconfig: Configured\n\n`,
  );
}

function environment({ profile, engine }: SandboxState, shell: string | undefined): string {
  const variables = { DOCKER_HOST: engine, MINIKUBE_ACTIVE_DOCKERD: profile };
  const [before, quote] = shell === 'none' ? ['', ''] : ['export ', '"'];
  return Object.entries(variables)
    .map(([name, value]) => `${before}${name}=${quote}${value}${quote}\n`)
    .join('');
}
