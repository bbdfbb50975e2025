/** A verdict with what it rests on: an approval without evidence does not count, so the evidence is never folded away. */
import type { Verdict } from 'planwright/browser';
import { StateIcon } from '../shared/state-icon.tsx';

export function VerdictView({ verdict }: { verdict: Verdict }) {
  return (
    <div className="verdict">
      <p>
        Verdict: <strong>{verdict.kind}</strong>
        {verdict.kind === 'accepted' ? '' : `. ${verdict.reason}`}
      </p>
      <ul>
        {verdict.evidence.map(({ check, passed, detail, receipts }, index) => (
          // Two checks of a kind may have found the same.
          <li key={`${index} ${check}`}>
            <StateIcon state={passed ? 'succeeded' : 'failed'} />
            <span>
              <strong>
                {check} {passed ? 'passed' : 'did not pass'}
              </strong>
              {detail === '' ? '' : `: ${detail}`}
              {receipts === undefined || receipts.length === 0 ? null : (
                <span className="quiet"> Rests on {receipts.length} tool calls.</span>
              )}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
