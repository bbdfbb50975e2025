/** A state by shape, text and color: any one of the three is enough to tell it. */
import type { ReactElement } from 'react';

export type StateName =
  | 'waiting'
  | 'running'
  | 'verifying'
  | 'succeeded'
  | 'partial'
  | 'failed'
  | 'skipped'
  | 'cancelled'
  | 'superseded'
  | 'interrupted'
  | 'asking';

const shapes: Record<StateName, ReactElement> = {
  waiting: <circle cx="8" cy="8" r="5" fill="none" />,
  running: (
    <g>
      <circle cx="8" cy="8" r="5" fill="none" opacity=".3" />
      <path className="turning" d="M8 3a5 5 0 0 1 5 5" fill="none" />
    </g>
  ),
  verifying: (
    <g>
      <circle cx="7" cy="7" r="3.6" fill="none" />
      <path d="m9.8 9.8 3.4 3.4" />
    </g>
  ),
  succeeded: <path d="m3 8.5 3.4 3.4L13 4.8" fill="none" />,
  partial: <path d="M8 3v10M8 3a5 5 0 0 0 0 10Z" />,
  failed: <path d="m4 4 8 8m0-8-8 8" fill="none" />,
  skipped: <path d="M4 4l4 4-4 4m5-8v8" fill="none" />,
  cancelled: <path d="M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3ZM4.5 11.5l7-7" fill="none" />,
  superseded: <path d="M12.5 6.5A5 5 0 1 0 13 9M13 3v4H9" fill="none" />,
  interrupted: <path d="M6 4v8m4-8v8" fill="none" />,
  asking: <path d="M8 2.5v7m0 3v1" fill="none" />,
};

export const stateWords: Record<StateName, string> = {
  waiting: 'waiting',
  running: 'running',
  verifying: 'verifying',
  succeeded: 'succeeded',
  partial: 'partial',
  failed: 'failed',
  skipped: 'skipped',
  cancelled: 'cancelled',
  superseded: 'superseded',
  interrupted: 'interrupted',
  asking: 'waits for you',
};

export function StateIcon({ state }: { state: StateName }) {
  return (
    <svg className={`state-icon state-${state}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      {shapes[state]}
    </svg>
  );
}

export function StateLabel({ state }: { state: StateName }) {
  return (
    <span className={`state-label state-${state}`}>
      <StateIcon state={state} />
      {stateWords[state]}
    </span>
  );
}

/** A run's status as the icon names it: a run that waits, waits for a person. */
export function stateOfStatus(status: string): StateName {
  if (status === 'waiting') return 'asking';
  return status in stateWords ? (status as StateName) : 'interrupted';
}
