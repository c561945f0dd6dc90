/** core/v1 ContainerState and ContainerStatus, as the kubelet writes them. */

export interface Terminated {
  readonly exitCode: number;
  readonly reason: string;
  readonly message?: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly containerID: string;
}

export interface Waiting {
  readonly reason: string;
  readonly message?: string;
}

export interface ContainerStateStatus {
  readonly waiting?: Waiting;
  readonly running?: { readonly startedAt: string };
  readonly terminated?: Terminated;
}

export interface ContainerStatus {
  readonly name: string;
  readonly image: string;
  readonly imageID: string;
  readonly containerID?: string;
  readonly ready: boolean;
  readonly started: boolean;
  readonly restartCount: number;
  readonly state: ContainerStateStatus;
  readonly lastState: ContainerStateStatus;
}
