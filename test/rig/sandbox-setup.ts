import clusterSetup from './cluster-setup.ts';
import { RunningSandbox } from './running-sandbox.ts';

/** The scenarios' cluster is a sandbox, which ends with them. */
export default async function setup(): Promise<() => Promise<void>> {
  const sandbox = await RunningSandbox.open();
  Object.assign(process.env, sandbox.environment);
  const finish = await clusterSetup();
  return async () => {
    await finish();
    await sandbox[Symbol.asyncDispose]();
  };
}
