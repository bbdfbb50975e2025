/** The attempts at a subtask, side by side. */
import type { AttemptHistory } from 'planwright/browser';
import { formatCount, formatDuration, formatUsd } from '../shared/figures.ts';
import { StateIcon, type StateName } from '../shared/state-icon.tsx';
import { ValueText } from '../shared/value-text.tsx';
import { Calls } from './calls.tsx';
import { VerdictView } from './verdict-view.tsx';

const states: Record<AttemptHistory['outcome'], StateName> = {
  accepted: 'succeeded',
  rejected: 'failed',
  failed: 'failed',
  cancelled: 'cancelled',
  open: 'running',
};

export function Attempts({ attempts }: { attempts: readonly AttemptHistory[] }) {
  if (attempts.length === 0) return <p className="quiet">It has not started.</p>;
  return (
    <div
      className={attempts.length > 1 ? 'attempts side-by-side' : 'attempts'}
      tabIndex={attempts.length > 1 ? 0 : undefined}
      role="group"
      aria-label="Attempts"
    >
      {attempts.map((attempt) => (
        <Attempt key={attempt.attempt} attempt={attempt} isLast={attempt === attempts.at(-1)} />
      ))}
    </div>
  );
}

function Attempt({ attempt, isLast }: { attempt: AttemptHistory; isLast: boolean }) {
  const { outcome, role, startedMs, endedMs, reason, context, handoffs, verdict, subRunId, calls, tokens, costUsd } = attempt;
  return (
    <section className="attempt">
      <h4>
        <StateIcon state={states[outcome]} /> Attempt {attempt.attempt} · {role}
      </h4>
      <p className="quiet">
        {outcome === 'open' ? 'under way' : outcome}
        {endedMs === null ? '' : `, ${formatDuration(endedMs - startedMs)}`}, {formatCount(tokens)} tokens, {formatUsd(costUsd)}
      </p>
      {reason === undefined || verdict !== null ? null : <p className="failure-line">{reason}</p>}
      {verdict === null ? null : <VerdictView verdict={verdict} />}
      {attempt.contradictions.map(({ assumption, evidence }) => (
        <p key={assumption} className="failure-line">
          Found untrue: “{assumption}”. {evidence}
        </p>
      ))}
      {subRunId === undefined ? null : (
        <p>
          Done by a sub-team; the plan shows its subtasks. Its run: <code>{subRunId}</code>
        </p>
      )}
      {context === null ? null : (
        <details>
          <summary>What it was told, to the letter</summary>
          {handoffs.length > 0 ? (
            <ul className="handoffs">
              {handoffs.map(({ from, mode, tokens: handed }) => (
                <li key={`${from} ${mode}`}>
                  {from}: {mode}, about {formatCount(handed)} tokens
                </li>
              ))}
            </ul>
          ) : null}
          <h5>Instructions of the role</h5>
          <pre className="text">{context.instructions}</pre>
          <h5>Prompt</h5>
          <pre className="text">{context.prompt}</pre>
        </details>
      )}
      {calls.length > 0 ? <Calls calls={calls} /> : null}
      {isLast || attempt.output === null ? null : (
        <details>
          <summary>Its result</summary>
          <ValueText value={attempt.output} />
        </details>
      )}
    </section>
  );
}
