import type { WrittenPort } from '@devloop/shared/config/port-text';
import type { ForwardSummary, ServiceSnapshot } from '@devloop/shared/protocol/service-state';
import type { DaemonSnapshot } from '@devloop/shared/protocol/snapshot';
import { attach } from '../daemon/start-daemon.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findProjectFolder } from '../project-folder.ts';
import type { Palette } from '../terminal/palette.ts';
import { type Cell, renderTable } from '../terminal/table.ts';
import type { CommandContext } from './command-context.ts';

/** Shows where services are reached: as a table, or as JSON. */
export async function ports({ json }: { readonly json: boolean }, context: CommandContext): Promise<ExitCode> {
  const { terminal, signal, startFolder } = context;
  const { client } = await attach(await findProjectFolder(startFolder), signal);
  const snapshot = await client.snapshot(signal);
  await terminal.print(
    json
      ? JSON.stringify(portsOf(snapshot), undefined, 2)
      : portLines(snapshot, terminal.palette, terminal.columns).join('\n'),
  );
  return EXIT.ok;
}

/** Forwards a port until it is removed or the daemon ends. */
export async function addPort(
  service: string,
  written: WrittenPort,
  { terminal, signal, startFolder }: CommandContext,
): Promise<ExitCode> {
  const { client } = await attach(await findProjectFolder(startFolder), signal);
  await client.command({ type: 'add-forward', service, ...written }, signal);
  const { services, forwards } = await client.snapshot(signal);
  const own = services.find(({ name }) => name === service)?.forwards ?? forwards.filter(({ to }) => to === service);
  const failure = own.find(({ local }) => local === written.local)?.failure;
  const where = `${written.address ?? 'localhost'}:${written.local}`;
  await terminal.print(
    failure === undefined
      ? `${where} leads to ${written.port} of ${service}, until the daemon ends. See it: devloop ports`
      : `${failure.message}\n${failure.remedy}`,
  );
  return failure === undefined ? EXIT.ok : EXIT.failed;
}

/** Forwards a port no longer. */
export async function removePort(
  service: string,
  local: number,
  { terminal, signal, startFolder }: CommandContext,
): Promise<ExitCode> {
  const { client } = await attach(await findProjectFolder(startFolder), signal);
  await client.command({ type: 'remove-forward', service, local }, signal);
  await terminal.print(`localhost:${local} is no longer forwarded.`);
  return EXIT.ok;
}

/** What `devloop ports --json` prints. */
function portsOf({ services, forwards }: DaemonSnapshot) {
  return {
    services: services.map(({ name, forwards: own, urls, unreachableNodePorts }) => ({
      name,
      forwards: own,
      urls,
      unreachableNodePorts,
    })),
    others: forwards,
  };
}

/** A line for each way to each service. */
export function portLines(
  { services, forwards }: DaemonSnapshot,
  palette: Palette,
  columns: number | undefined,
): string[] {
  const rows = [
    ...services.flatMap((service) => serviceRows(service, palette)),
    ...forwards.map(({ to, ...forward }) => [{ text: to }, ...forwardCells(forward, palette)]),
  ];
  if (rows.length === 0) return ['Nothing is forwarded. Forward a port: devloop ports add SERVICE LOCAL:PORT'];
  const head = ['SERVICE', 'ADDRESS', 'PORT', 'HOW'].map((text): Cell => ({ text, paint: palette.dim }));
  return renderTable([head, ...rows], columns);
}

function serviceRows({ name, forwards, urls, unreachableNodePorts }: ServiceSnapshot, palette: Palette): Cell[][] {
  const service: Cell = { text: name, paint: palette.service(name) };
  return [
    ...forwards.map((forward) => [service, ...forwardCells(forward, palette)]),
    ...urls
      .filter(({ through }) => through !== 'forward')
      .map(({ url, through }) => [service, { text: url }, { text: '-' }, { text: through }]),
    ...unreachableNodePorts.map((port) => {
      const how = `node-port: not reached from this machine; forward it: devloop ports add ${name} LOCAL:PORT`;
      return [service, { text: '-' }, { text: String(port) }, { text: how, paint: palette.warning }];
    }),
  ];
}

function forwardCells({ address, local, port, chosen, failure }: ForwardSummary, palette: Palette): Cell[] {
  const host = address?.includes(':') ? `[${address}]` : (address ?? 'localhost');
  const how = failure === undefined ? `forward${chosen ? ', chosen by devloop' : ''}` : `failed: ${failure.message}`;
  const last: Cell = failure === undefined ? { text: how } : { text: how, paint: palette.bad };
  return [{ text: `${host}:${local}` }, { text: String(port) }, last];
}
