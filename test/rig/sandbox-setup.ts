import clusterSetup from './cluster-setup.ts';
import { RunningSandbox } from './running-sandbox.ts';

/** The scenarios' cluster is a sandbox, which ends with them. */
export default async function setup(): Promise<() => Promise<void>> {
  await using opening = new AsyncDisposableStack();
  const sandbox = opening.use(await RunningSandbox.open());
  Object.assign(process.env, sandbox.environment);
  const finish = await clusterSetup();
  const opened = opening.move();
  return async () => {
    await finish();
    await opened.disposeAsync();
  };
}
