import type { ObjectStore } from '../ports/object-store.ts';
import { CronJobController } from './cron-job-controller.ts';
import { DaemonSetController } from './daemon-set-controller.ts';
import { DeploymentController } from './deployment-controller.ts';
import { EndpointsController } from './endpoints-controller.ts';
import { GarbageCollector } from './garbage-collector.ts';
import { JobController } from './job-controller.ts';
import { NamespaceController } from './namespace-controller.ts';
import { ReplicaSetController } from './replica-set-controller.ts';
import { StatefulSetController } from './stateful-set-controller.ts';
import { VolumeBinder } from './volume-binder.ts';

/**
 * Starts all controllers: what kube-controller-manager is. Disposing ends them.
 *
 * @param rootCertificate of the API server's authority, as PEM
 */
export function startControllers(store: ObjectStore, rootCertificate: string): Disposable {
  using started = new DisposableStack();
  started.use(new NamespaceController(store, rootCertificate));
  started.use(new GarbageCollector(store));
  started.use(new DeploymentController(store));
  started.use(new ReplicaSetController(store));
  started.use(new StatefulSetController(store));
  started.use(new DaemonSetController(store));
  started.use(new JobController(store));
  started.use(new CronJobController(store));
  started.use(new EndpointsController(store));
  started.use(new VolumeBinder(store));
  return started.move();
}
