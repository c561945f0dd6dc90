/**
 * Every error that devloop reports carries one of these codes, `room/what`. The code is stable: scripts may
 * match it, and the troubleshooting page is ordered by it.
 */
export const ERROR_CODES = [
  'config/not-found', // no devloop.yaml in this folder or above it
  'config/invalid', // devloop.yaml or a manifest has problems; the message lists all of them
  'cluster/no-kubeconfig', // no kubeconfig, or it names no usable context
  'cluster/not-local', // the context is not a local cluster and the config does not name it
  'cluster/unreachable', // the Kubernetes API does not answer
  'cluster/refused', // the Kubernetes API answered with an error status
  'cluster/namespace-ending', // the project's namespace is being deleted
  'cluster/stopped', // minikube is there and not running
  'engine/unreachable', // the Docker Engine does not answer
  'engine/refused', // the Docker Engine answered with an error status
  'engine/unavailable', // the cluster has no engine devloop can build in
  'registry/unreachable', // the registry does not answer the engine
  'registry/unauthorized', // the registry wants other credentials, or none were found
  'registry/untrusted', // the engine does not trust the registry: plain HTTP, or a certificate it does not know
  'registry/no-space', // the disk of the registry, or of the engine that pushes, is full
  'registry/refused', // the registry answered a push with another error
  'registry/credentials', // docker's credentials cannot be read
  'sandbox/refused', // the sandbox does not run on this system
  'sandbox/limited', // this machine allows no namespaces, so the sandbox runs programs of Node only
  'sandbox/failed', // the sandbox did not start, or ended
  'build/failed', // a step of the image build failed
  'build/no-space', // the engine's disk is full
  'build/no-dockerfile', // the Dockerfile is not where the config says
  'build/unreadable', // a file of the context cannot be read
  'build/context-changed', // files changed while the context was being sent
  'deploy/invalid', // the API server refuses an object as invalid
  'deploy/conflict', // another field manager owns what devloop would change
  'deploy/image-unused', // a service builds an image that no manifest names
  'deploy/unknown-user', // the image that a user is to be looked up in is not there, or has no such user
  'rollout/failed', // the workload cannot become ready
  'rollout/timeout', // the workload did not become ready in time
  'hook/failed', // a hook's command ended with a non-zero exit code
  'forward/port-taken', // another process listens on the local port
  'forward/not-ready', // no pod became ready for a connection in time
  'forward/refused', // the program in the pod does not listen on the port
  'logs/not-written', // logs cannot be stored on the disk
  'logs/unreadable', // stored logs cannot be read
  'run/not-started', // the Pod for a command did not start, or the command in a container
  'run/broken-off', // the connection to a command that ran broke off
  'service/unknown', // no service has that name
  'daemon/unreachable', // the daemon's socket does not answer
  'daemon/start-failed', // the daemon ended before it was ready
  'daemon/version', // the daemon speaks another protocol version
  'daemon/path-too-long', // the socket path exceeds what the system allows
  'watch/limit', // the system's limit of file watches is reached
  'command/invalid', // a request's body or query is not what the daemon understands
  'command/refused', // what was asked for cannot be done as things are
  'wait/timeout', // what was waited for did not happen in time
  'internal/bug', // a defect in devloop
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];
