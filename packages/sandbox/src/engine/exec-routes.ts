import { randomBytes } from 'node:crypto';
import { ClientTerminal } from '../ports/client-terminal.ts';
import { EngineError } from '../ports/container-engine.ts';
import type { Engine } from './engine.ts';
import { hijack } from './hijack.ts';
import { framing } from './raw-stream.ts';
import { type Call, type Route, readJson, sendJson, sendNothing } from './router.ts';

/** A command that is to be run in a container, and what became of it. */
interface Exec {
  readonly id: string;
  readonly container: string;
  readonly command: readonly string[];
  readonly env: readonly string[];
  readonly workdir: string;
  /** Undefined: it has none. */
  readonly terminal: ClientTerminal | undefined;
  readonly hasInput: boolean;
  running: boolean;
  exitCode: number | null;
}

/** As many finished ones as are remembered for `docker exec`'s last question. */
const REMEMBERED = 100;

/** Commands in running containers. */
export function execRoutes(engine: Engine): Route[] {
  const execs = new Map<string, Exec>();
  const find = (id: string): Exec => {
    const exec = execs.get(id);
    if (exec === undefined) throw new EngineError(404, `No such exec instance: ${id}`);
    return exec;
  };
  return [
    { method: 'POST', path: /^\/containers\/([^/]+)\/exec$/, handle: (call) => create(engine, execs, call) },
    { method: 'POST', path: /^\/exec\/([^/]+)\/start$/, handle: (call) => start(engine, find(call.name), call) },
    {
      method: 'POST',
      path: /^\/exec\/([^/]+)\/resize$/,
      handle: ({ response, name, query }) => {
        find(name).terminal?.resize({ columns: characters(query, 'w'), rows: characters(query, 'h') });
        sendNothing(response, 200);
      },
    },
    {
      method: 'GET',
      path: /^\/exec\/([^/]+)\/json$/,
      handle: ({ response, name }) => sendJson(response, 200, inspect(find(name))),
    },
  ];
}

/** @throws EngineError 400 */
function characters(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? '';
  if (!/^\d{1,9}$/.test(text))
    throw new EngineError(400, `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

async function create(engine: Engine, execs: Map<string, Exec>, { request, response, name }: Call): Promise<void> {
  const container = engine.find(name);
  if (container.state.status !== 'running') throw new EngineError(409, `container ${container.id} is not running`);
  const body = await readJson(request);
  const list = (field: string) => (Array.isArray(body[field]) ? body[field].map(String) : []);
  if (list('Cmd').length === 0) throw new EngineError(400, 'No exec command specified');
  const id = randomBytes(32).toString('hex');
  const workdir = typeof body['WorkingDir'] === 'string' ? body['WorkingDir'] : '';
  const exec = {
    id,
    container: container.id,
    command: list('Cmd'),
    env: list('Env'),
    workdir,
    terminal: body['Tty'] === true ? new ClientTerminal() : undefined,
    hasInput: body['AttachStdin'] === true,
  };
  execs.set(id, { ...exec, running: false, exitCode: null });
  const [oldest] = execs.keys();
  if (execs.size > REMEMBERED && oldest !== undefined) execs.delete(oldest);
  sendJson(response, 201, { Id: id });
}

async function start(engine: Engine, exec: Exec, { request, response, signal }: Call): Promise<void> {
  if (exec.running || exec.exitCode !== null) throw new EngineError(409, `exec ${exec.id} has already run`);
  await readJson(request);
  const socket = hijack(request, response);
  const left = new AbortController();
  socket.once('close', () => left.abort());
  exec.running = true;
  try {
    exec.exitCode = await engine.exec(exec.container, {
      command: exec.command,
      env: exec.env,
      workdir: exec.workdir,
      terminal: exec.terminal,
      stdin: exec.hasInput ? socket : undefined,
      stdout: exec.terminal === undefined ? framing('stdout', socket) : socket,
      stderr: exec.terminal === undefined ? framing('stderr', socket) : socket,
      signal: AbortSignal.any([signal, left.signal]),
    });
  } catch (error) {
    exec.exitCode = 126;
    const message = `${error instanceof Error ? error.message : error}\r\n`;
    (exec.terminal === undefined ? framing('stderr', socket) : socket).write(Buffer.from(message));
  } finally {
    exec.running = false;
    socket.end();
  }
}

function inspect(exec: Exec): object {
  return {
    ID: exec.id,
    ContainerID: exec.container,
    Running: exec.running,
    ExitCode: exec.exitCode,
    ProcessConfig: { tty: exec.terminal !== undefined, entrypoint: exec.command[0], arguments: exec.command.slice(1) },
    OpenStdin: exec.hasInput,
    OpenStdout: true,
    OpenStderr: true,
  };
}
