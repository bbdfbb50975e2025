/** How far a comparison of this server has come, what is probably left, and how it is stopped. */
import { useId, useState } from 'react';
import type { ComparisonProgress } from '../api/answers.ts';
import { paths } from '../api/paths.ts';
import { describeError, request } from '../api/request.ts';
import { formatCount, formatDuration, formatUsd } from '../shared/figures.ts';
import { useNow } from '../shared/now.ts';
import { StateLabel, type StateName } from '../shared/state-icon.tsx';

const states: Record<ComparisonProgress['state'], StateName> = {
  running: 'running',
  stopping: 'interrupted',
  ended: 'succeeded',
  failed: 'failed',
};

const ends: Record<NonNullable<ComparisonProgress['stopped']>, string> = {
  decided: 'The evidence decides; the tasks that are left were not needed.',
  exhausted: 'Every pair was run.',
  'max-usd': 'The money did not suffice for a further pair.',
  interrupted: 'It was stopped. The same tasks, started again with the same choices, go on from here without repeating a call.',
};

export function ComparisonProgressView({ progress, onChanged }: { progress: ComparisonProgress; onChanged: () => void }) {
  const { state, stopped, failure, startedMs, endedMs, pairsEnded, pairsPlanned, tokens, spentUsd, left, notes } = progress;
  const isOpen = state === 'running' || state === 'stopping';
  const nowMs = useNow(isOpen);
  const id = useId();
  const [refusal, setRefusal] = useState('');
  const cancel = async (): Promise<void> => {
    setRefusal('');
    await request(paths.cancelComparison(progress.comparisonId), { method: 'POST' });
    onChanged();
  };
  const count = `${formatCount(pairsEnded)} of ${formatCount(pairsPlanned)} pairs`;
  return (
    <div className="comparison-progress">
      <div className="run-facts">
        {stopped === 'interrupted' ? <StateLabel state="interrupted" /> : <StateLabel state={states[state]} />}
        <span id={id}>{count}</span>
        <span>{formatDuration(Math.max(0, (endedMs ?? nowMs) - startedMs))}</span>
        <span>{formatCount(tokens)} tokens</span>
        <span>{formatUsd(spentUsd)}</span>
        {isOpen && left !== null && left.pairs > 0 ? <span>at most {formatDuration(left.ms)} more</span> : null}
        <span className="run-actions">
          {isOpen ? (
            <button
              type="button"
              className="small"
              disabled={state === 'stopping'}
              onClick={() => {
                cancel().catch((error: unknown) => setRefusal(describeError(error)));
              }}
            >
              {state === 'stopping' ? 'Stopping …' : 'Cancel comparison'}
            </button>
          ) : null}
        </span>
      </div>
      {isOpen ? <progress value={pairsEnded} max={pairsPlanned} aria-labelledby={id} /> : null}
      {stopped === null ? null : <p>{ends[stopped]}</p>}
      {failure === null && refusal === '' ? null : (
        <p className="failure-line" role="alert">
          {failure ?? refusal}
        </p>
      )}
      {notes.length === 0 ? null : (
        <ul className="words quiet">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
