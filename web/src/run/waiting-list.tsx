/** What the run waits for a person to decide: its plan, an attempt before it starts, a tool call before it acts. */
import type { WaitingItem } from 'planwright/browser';
import { useState } from 'react';
import { paths } from '../api/paths.ts';
import { describeError, request } from '../api/request.ts';
import { StateIcon } from '../shared/state-icon.tsx';

export interface WaitingListProps {
  items: readonly WaitingItem[];
  runId: string;
  onEdit: () => void;
  onAnswered: () => void;
}

export function WaitingList({ items, runId, onEdit, onAnswered }: WaitingListProps) {
  if (items.length === 0) return null;
  return (
    <section className="waiting" aria-label="Waits for you">
      {items.map((item) => (
        <Waiting key={item.id} item={item} runId={runId} onEdit={onEdit} onAnswered={onAnswered} />
      ))}
    </section>
  );
}

interface WaitingProps extends Omit<WaitingListProps, 'items'> {
  item: WaitingItem;
}

function Waiting({ item, runId, onEdit, onAnswered }: WaitingProps) {
  const [stage, setStage] = useState<'open' | 'denying' | 'sent'>('open');
  const [reason, setReason] = useState('');
  const [failure, setFailure] = useState('');
  const answer = async (decision: 'approve' | 'deny'): Promise<void> => {
    setFailure('');
    setStage('sent');
    try {
      const body = { decision, only: item.id, ...(decision === 'deny' ? { reason } : {}) };
      await request(paths.runAction(runId, 'approve'), { method: 'POST', body });
      onAnswered();
    } catch (error) {
      setFailure(describeError(error));
      setStage('open');
    }
  };
  const give = (decision: 'approve' | 'deny') => {
    answer(decision).catch((error: unknown) => setFailure(describeError(error)));
  };
  const what = describe(item);
  return (
    <article className="waiting-item">
      <h2>
        <StateIcon state="asking" /> {what}
      </h2>
      {item.kind === 'attempt' && item.instruction !== undefined ? <p className="instruction">{item.instruction}</p> : null}
      {item.kind === 'tool' ? <pre className="text">{JSON.stringify(item.input, null, 2)}</pre> : null}
      {(item.inputs ?? []).length > 0 ? (
        <details>
          <summary>What it is given</summary>
          {(item.inputs ?? []).map(({ subtaskId, output }) => (
            <div key={subtaskId}>
              <h3>{subtaskId}</h3>
              <pre className="text">{typeof output === 'string' ? output : JSON.stringify(output, null, 2)}</pre>
            </div>
          ))}
        </details>
      ) : null}
      {stage === 'denying' ? (
        <form
          className="deny"
          onSubmit={(event) => {
            event.preventDefault();
            give('deny');
          }}
        >
          <label className="field">
            <span>Why not? The run is told.</span>
            <textarea rows={2} required value={reason} onChange={(event) => setReason(event.target.value)} />
          </label>
          <button type="submit" className="danger">
            Deny
          </button>
          <button type="button" onClick={() => setStage('open')}>
            Back
          </button>
        </form>
      ) : (
        <p className="buttons">
          <button type="button" className="primary" disabled={stage === 'sent'} onClick={() => give('approve')}>
            Approve
          </button>
          {item.kind === 'plan' ? (
            <button type="button" disabled={stage === 'sent'} onClick={onEdit}>
              Edit the plan
            </button>
          ) : null}
          <button type="button" disabled={stage === 'sent'} onClick={() => setStage('denying')}>
            Deny …
          </button>
        </p>
      )}
      {failure === '' ? null : (
        <p className="failure-line" role="alert">
          {failure}
        </p>
      )}
    </article>
  );
}

function describe({ kind, path, role, tool }: WaitingItem): string {
  if (kind === 'plan') return 'The plan waits for your approval';
  if (kind === 'attempt') return `${role} wants to start ${path}`;
  return `${path} (${role}) wants to call ${tool} with exactly this`;
}
