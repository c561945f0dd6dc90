import { textInput } from '../input/text-input.ts';
import { span } from '../paint/row.ts';
import type { ProjectAction } from './bindings.ts';
import { openLogs } from './logs-steps.ts';
import { refuse, type Step, step, type UiView } from './step.ts';
import type { UiState } from './ui-state.ts';

/** What an action on the project, or on the screen itself, comes to. */
export function projectStep(state: UiState, action: ProjectAction, view: UiView): Step {
  switch (action) {
    case 'help':
      return step({ ...state, overlay: { is: 'help', scroll: 0 } });
    case 'palette':
      return step({ ...state, overlay: { is: 'palette', input: textInput(), cursor: 0 } });
    case 'all-logs':
      return step(openLogs(state, undefined, view));
    case 'quit':
      return step(state, { is: 'quit' });
    case 'step-aside':
      return step(state, { is: 'step-aside' });
    case 'delete-all':
      return step(state, { is: 'ask-down' });
    case 'start-daemon':
      if (view.link.is === 'connected') return refuse(state, 'The daemon runs.', 'Stop it with Q');
      if (view.link.is === 'silent') {
        const remedy = `Where it was stopped, let it go on: kill -CONT ${view.link.pid}. Else end it, then press S: kill -9 ${view.link.pid}`;
        return refuse(state, 'The daemon runs, and does not answer.', remedy);
      }
      return step(state, { is: 'start-daemon' });
    case 'stop-daemon':
      return step({
        ...state,
        overlay: {
          is: 'confirm',
          question: 'Stop the daemon?',
          rows: [
            [span('Saves no longer go live, forwarded ports close, and this screen is left.')],
            [
              span(
                view.sandbox
                  ? 'The sandbox ends with it, and all that runs there.'
                  : 'What runs in the cluster keeps running.',
              ),
            ],
          ],
          scroll: 0,
          intent: { is: 'stop-daemon' },
        },
      });
    case 'pause-all':
      return pauseAll(state, view);
  }
}

function pauseAll(state: UiState, { services }: UiView): Step {
  const goesOn = services.some(({ paused }) => !paused);
  return step(state, {
    is: 'command',
    command: goesOn ? { type: 'pause', services: [] } : { type: 'resume', services: [] },
    done: goesOn ? 'All services are paused: saves wait until they are resumed.' : 'All services go on.',
  });
}
