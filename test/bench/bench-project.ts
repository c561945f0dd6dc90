import { DevloopRig } from '../rig/devloop-rig.ts';
import { type GeneratedService, writeService } from './generated-services.ts';

/** A generated service, and what devloop.yaml says of it besides its manifest: `rollout: swap`. */
export interface BenchService extends GeneratedService {
  readonly config?: readonly string[];
}

/** A project of generated services, all of them live. @param prepare writes what the project has besides */
export async function openBenchProject(
  services: readonly BenchService[],
  prepare: (rig: DevloopRig) => Promise<void> = async () => undefined,
): Promise<DevloopRig> {
  const rig = await DevloopRig.open('hello-service');
  try {
    let yaml = 'services:\n';
    for (const service of services) {
      const { name, config = [] } = service;
      await writeService(rig.folder, service);
      yaml += `  ${name}:\n${[`manifests: [k8s/${name}.yaml]`, ...config].map((line) => `    ${line}\n`).join('')}`;
    }
    await prepare(rig);
    await rig.writeConfig(`${yaml}manifests: []\n`);
    await rig.up();
    return rig;
  } catch (error) {
    await rig[Symbol.asyncDispose]();
    process.stderr.write(rig.report());
    throw error;
  }
}
