import type { Container } from './container.ts';
import type { Health } from './health-check.ts';
import { configJson } from './image-json.ts';

const NEVER = '0001-01-01T00:00:00Z';

/** A container in a list: moby's api/types/container.Summary. */
export function summarizeContainer(container: Container): object {
  const { id, spec, image, state, created } = container;
  return {
    Id: id,
    Names: [`/${spec.name}`],
    Image: spec.image,
    ImageID: image.id,
    Command: container.command.map((word) => (word.includes(' ') ? `'${word}'` : word)).join(' '),
    Created: Math.floor(Date.parse(created) / 1000),
    Ports: [],
    Labels: { ...image.config.labels, ...spec.labels },
    State: state.status,
    Status: statusWords(container),
    HostConfig: { NetworkMode: networkMode(container) },
    NetworkSettings: { Networks: {} },
    Mounts: mounts(container),
  };
}

/** moby's api/types/container.InspectResponse. */
export function inspectContainer(container: Container): object {
  const { id, spec, image, state, created, command } = container;
  const running = state.status === 'running';
  return {
    Id: id,
    Created: created,
    Path: command[0] ?? '',
    Args: command.slice(1),
    State: {
      Status: state.status,
      Running: running,
      Paused: false,
      Restarting: false,
      OOMKilled: false,
      Dead: false,
      Pid: state.pid,
      ExitCode: state.exitCode,
      Error: container.error,
      StartedAt: state.startedAt || NEVER,
      FinishedAt: state.finishedAt || NEVER,
      ...(container.health !== undefined && { Health: container.health }),
    },
    Image: image.id,
    LogPath: container.logFile,
    Name: `/${spec.name}`,
    RestartCount: 0,
    Driver: 'overlay2',
    Platform: 'linux',
    Mounts: mounts(container),
    HostConfig: {
      NetworkMode: networkMode(container),
      ReadonlyRootfs: spec.readOnlyRoot,
      LogConfig: { Type: 'json-file', Config: {} },
      RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
      AutoRemove: false,
    },
    Config: {
      ...configJson(image.config),
      Hostname: spec.hostname,
      User: spec.user ?? image.config.user,
      Tty: false,
      OpenStdin: false,
      Env: Object.entries(spec.env).map(([name, value]) => `${name}=${value}`),
      Image: spec.image,
      WorkingDir: container.workdir,
      Entrypoint: spec.command ?? image.config.entrypoint ?? null,
      Cmd: spec.args ?? (spec.command === undefined ? (image.config.cmd ?? null) : null),
      Labels: { ...image.config.labels, ...spec.labels },
      Healthcheck: container.healthcheck,
    },
    NetworkSettings: { Networks: {}, Ports: {} },
  };
}

function mounts({ spec }: Container): object[] {
  return spec.mounts.map((mount) => ({
    Type: 'bind',
    Source: mount.source,
    Destination: mount.target,
    Mode: mount.readOnly ? 'ro' : '',
    RW: !mount.readOnly,
    Propagation: 'rprivate',
  }));
}

function networkMode({ spec }: Container): string {
  return spec.networkOf === undefined ? 'host' : `ns:/proc/${spec.networkOf}/ns/net`;
}

function statusWords({ state, health }: Container): string {
  switch (state.status) {
    case 'created':
      return 'Created';
    case 'running':
      return `Up ${ago(state.startedAt)}${healthWords(health)}`;
    case 'exited':
      return `Exited (${state.exitCode}) ${ago(state.finishedAt)} ago`;
  }
}

function healthWords(health: Health | undefined): string {
  if (health === undefined) return '';
  return health.Status === 'starting' ? ' (health: starting)' : ` (${health.Status})`;
}

/** In the steps of Docker's go-units. */
function ago(since: string): string {
  const seconds = Math.floor((Date.now() - Date.parse(since)) / 1000);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  if (hours === 1) return 'About an hour';
  return hours < 48 ? `${hours} hours` : `${Math.floor(hours / 24)} days`;
}
