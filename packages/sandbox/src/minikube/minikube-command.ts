import { shellQuote } from '../runtime/shell-quote.ts';

/** What the sandbox's `minikube` command tells. */
export interface MinikubeState {
  /** Name of the minikube profile, and of the context. */
  readonly profile: string;
  readonly address: string;
  readonly apiPort: number;
  /** As `DOCKER_HOST` says it. */
  readonly engine: string;
  readonly kubernetesVersion: string;
}

/** The version whose answers these are like. */
const VERSION = 'v1.37.0';
/** minikube's exit codes: pkg/minikube/reason. */
const EXIT = { usage: 64, noProfile: 85 };

/**
 * The `minikube` command of a sandbox. It tells what can be told; other things are refused with exit code 64, as
 * minikube's own usage errors are. A script for a shell: devloop asks it twice at each start, and a shell answers in a
 * tenth of the time that Node takes to begin.
 */
export function minikubeCommand(state: MinikubeState): string {
  const { profile, address, engine } = state;
  const variables = Object.entries({ DOCKER_HOST: engine, MINIKUBE_ACTIVE_DOCKERD: profile });
  const exports = variables.map(([name, value]) => `export ${name}="${value}"`);
  return `#!/bin/sh
profile=${shellQuote(profile)} output= shell= command= subcommand= words=
while [ $# -gt 0 ]; do
  case $1 in
    -p | --profile) profile=$2; shift ;;
    --profile=*) profile=\${1#*=} ;;
    -o | --output) output=$2; shift ;;
    --output=*) output=\${1#*=} ;;
    --shell) shell=$2; shift ;;
    --shell=*) shell=\${1#*=} ;;
    -*) ;;
    *)
      words="$words\${words:+ }$1"
      if [ -z "$command" ]; then command=$1; else subcommand=\${subcommand:-$1}; fi
      ;;
  esac
  [ $# -eq 0 ] || shift
done
known() {
  [ "$profile" = ${shellQuote(profile)} ] && return
  printf '* Profile "%s" not found. Run "minikube profile list" to view all profiles.\\n' "$profile"
  exit ${EXIT.noProfile}
}
tell() { printf '%s\\n' "$@"; }
case "$command $subcommand" in
  'version '*) tell ${VERSION} ;;
  'profile list') tell ${shellQuote(JSON.stringify({ invalid: [], valid: [profileOf(state)] }))} ;;
  'profile '*) tell ${shellQuote(`* ${profile}`)} ;;
  'ip '*) known; tell ${shellQuote(address)} ;;
  'status '*)
    known
    if [ "$output" = json ]; then tell ${shellQuote(JSON.stringify(statusOf(state)))}; else
      tell ${[profile, ...STATUS_LINES, ''].map(shellQuote).join(' ')}
    fi
    ;;
  'docker-env '*)
    known
    if [ "$shell" = none ]; then tell ${variables.map(([name, value]) => shellQuote(`${name}=${value}`)).join(' ')}; else
      tell ${exports.map(shellQuote).join(' ')}
    fi
    ;;
  *)
    tell "X The sandbox's minikube does not know \${words:-this}: version, profile list, status, ip, docker-env" >&2
    exit ${EXIT.usage}
    ;;
esac
`;
}

const STATUS_LINES = [
  'type: Control Plane',
  'host: Running',
  'kubelet: Running',
  'apiserver: Running',
  'kubeconfig: Configured',
];

function statusOf({ profile }: MinikubeState): unknown {
  return {
    Name: profile,
    Host: 'Running',
    Kubelet: 'Running',
    APIServer: 'Running',
    Kubeconfig: 'Configured',
    Worker: false,
  };
}

function profileOf({ profile, address, apiPort, kubernetesVersion }: MinikubeState): unknown {
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
