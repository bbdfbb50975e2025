/** How a subtask's state looks: a sign and a word stand beside the color. */
import type { SubtaskStatus } from '../../schedule/state.ts';
import { lookOf, quiet } from './palette.ts';

export interface StatusLook {
  color: string;
  sign: string;
  isDashed: boolean;
}

const looks: Readonly<Record<SubtaskStatus, StatusLook>> = {
  waiting: { color: quiet, sign: '○', isDashed: false },
  running: { color: lookOf(0).color, sign: '▶', isDashed: false },
  verifying: { color: lookOf(5).color, sign: '?', isDashed: false },
  succeeded: { color: lookOf(2).color, sign: '✓', isDashed: false },
  failed: { color: lookOf(1).color, sign: '✕', isDashed: false },
  skipped: { color: quiet, sign: '–', isDashed: true },
  cancelled: { color: quiet, sign: '■', isDashed: true },
  superseded: { color: quiet, sign: '↷', isDashed: true },
};

export function lookOfStatus(status: SubtaskStatus): StatusLook {
  return looks[status];
}
