import type { DaemonEvent } from '@devloop/shared/protocol/event';
import { plainText } from '../wording/plain-text.ts';
import { count } from './count.ts';

type ChangeSeen = Extract<DaemonEvent, { type: 'change-seen' }>;

/** Why a service is gone through, in words that follow its name; undefined where it is plain or told otherwise. */
export function changeText({ cause, asked, paths, count: files }: ChangeSeen): string | undefined {
  const [first] = paths;
  switch (cause) {
    case 'start':
      return undefined;
    case 'asked':
      // scaling and rolling back are events of their own, which say more
      return asked === 'scale' || asked === 'roll-back' ? undefined : `${asked ?? 'rebuild'} asked for`;
    case 'cluster':
      return 'the cluster no longer has what was applied';
    case 'files':
    case 'manifests':
    case 'config': {
      const named = first === undefined ? (cause === 'files' ? 'its files' : `its ${cause}`) : plainText(first);
      const more = files > 1 && first !== undefined ? ` and ${count(files - 1, 'more file')}` : '';
      return `change in ${named}${more}`;
    }
  }
}
