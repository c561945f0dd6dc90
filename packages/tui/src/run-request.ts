import type { Request } from './command-line.ts';
import type { CommandContext } from './commands/command-context.ts';

/** Runs the command that was asked for, and answers with the exit code. Each is imported only then: starting up is part of every answer. */
export async function runRequest(request: Request, context: CommandContext): Promise<number> {
  switch (request.verb) {
    case 'up': {
      const { up } = await import('./commands/up.ts');
      return up(request.services, request, context);
    }
    case 'init': {
      const { init } = await import('./commands/init.ts');
      return init(request, context);
    }
    case 'status': {
      const { status } = await import('./commands/status.ts');
      return status(request, context);
    }
    case 'wait': {
      const { wait } = await import('./commands/wait.ts');
      return wait(request.services, request, context);
    }
    case 'logs': {
      const { logs } = await import('./commands/logs.ts');
      return logs(request.services, request, context);
    }
    case 'rebuild': {
      const { rebuild } = await import('./commands/rebuild.ts');
      return rebuild(request.service, request, context);
    }
    case 'run': {
      const { run } = await import('./commands/run.ts');
      return run(request.service, request, context);
    }
    case 'exec': {
      const { exec } = await import('./commands/exec.ts');
      return exec(request.service, request, context);
    }
    case 'act': {
      const { act } = await import('./commands/act.ts');
      return act(request.act, context);
    }
    case 'history': {
      const { history } = await import('./commands/history.ts');
      return history(request.service, request, context);
    }
    case 'ports': {
      const { ports } = await import('./commands/ports.ts');
      return ports(request, context);
    }
    case 'add-port': {
      const { addPort } = await import('./commands/ports.ts');
      return addPort(request.service, request.port, context);
    }
    case 'remove-port': {
      const { removePort } = await import('./commands/ports.ts');
      return removePort(request.service, request.local, context);
    }
    case 'open': {
      const { open } = await import('./commands/open.ts');
      return open(request.service, context);
    }
    case 'events': {
      const { events } = await import('./commands/events.ts');
      return events(request, context);
    }
    case 'render': {
      const { render } = await import('./commands/render.ts');
      return render(context);
    }
    case 'check': {
      const { check } = await import('./commands/check.ts');
      return check(context);
    }
    case 'stop': {
      const { stop } = await import('./commands/stop.ts');
      return stop(context);
    }
    case 'down': {
      const { down } = await import('./commands/down.ts');
      return down(request, context);
    }
    case 'doctor': {
      const { doctor } = await import('./commands/doctor.ts');
      return doctor(context);
    }
  }
}
