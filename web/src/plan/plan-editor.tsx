/** A proposed plan, to be changed before it runs: add, remove, re-route, re-wire, checked by the engine's own `checkPlan` at every keystroke. */
import { checkPlan, type Plan } from 'planwright/browser';
import { useMemo, useState } from 'react';
import { paths } from '../api/paths.ts';
import { describeError, request } from '../api/request.ts';
import { planOf } from '../graph/plan-of.ts';
import { useTree } from '../run/use-run-tree.ts';
import { formatNumber } from '../shared/figures.ts';
import { Empty } from '../shared/notices.tsx';
import { editPlan, type PlanEdit } from './plan-draft.ts';
import { SubtaskEditor } from './subtask-editor.tsx';

export function PlanEditor({ onAnswered }: { onAnswered: () => void }) {
  const { root } = useTree();
  const proposed = useMemo(() => planOf(root), [root]);
  const [draft, setDraft] = useState<Plan>(proposed);
  const [stage, setStage] = useState<{ kind: 'editing' | 'sending' } | { kind: 'failed'; reason: string }>({ kind: 'editing' });
  const roles = useMemo(() => Object.keys(root.state.settings.roles), [root]);
  const check = useMemo(() => checkPlan(draft, { roles }), [draft, roles]);
  if (root.state.phase !== 'approving') {
    return (
      <Empty title="The plan is not up for approval">
        <p>A run that was started with “approve the plan first” waits here before anything of it runs.</p>
      </Empty>
    );
  }
  const apply = (edit: PlanEdit) => setDraft((before) => editPlan(before, edit));
  const approve = async (): Promise<void> => {
    setStage({ kind: 'sending' });
    try {
      const body = { decision: 'approve', only: 'plan', plan: draft };
      await request(paths.runAction(root.runId, 'approve'), { method: 'POST', body });
      onAnswered();
    } catch (error) {
      setStage({ kind: 'failed', reason: describeError(error) });
    }
  };
  const sinks = draft.subtasks.filter(({ id }) => !draft.subtasks.some(({ dependsOn }) => dependsOn.includes(id)));
  return (
    <form
      className="editor"
      onSubmit={(event) => {
        event.preventDefault();
        approve().catch((error: unknown) => setStage({ kind: 'failed', reason: describeError(error) }));
      }}
    >
      <div className="editor-bar">
        <div role="status" aria-live="polite">
          {check.ok && check.shape !== null ? (
            <p className="ok-line">
              Valid: {formatNumber(check.shape.subtasks, 'subtask')}, {check.shape.depth} deep, {check.shape.width} at once.
            </p>
          ) : (
            <p className="failure-line">{formatNumber(check.problems.length, 'problem')}; the plan can’t run like this.</p>
          )}
        </div>
        <label className="field inline">
          <span>Deliverable</span>
          <select
            value={draft.deliverable ?? ''}
            onChange={({ target }) => apply({ kind: 'deliver', id: target.value === '' ? null : target.value })}
          >
            <option value="">{sinks.length === 1 ? `the only sink (${sinks[0]?.id})` : 'a synthesis of all sinks'}</option>
            {draft.subtasks.map(({ id }) => (
              <option key={id} value={id}>
                {id}
              </option>
            ))}
          </select>
        </label>
        <span className="buttons">
          <button type="button" onClick={() => setDraft(proposed)} disabled={draft === proposed}>
            Undo all
          </button>
          <button type="submit" className="primary" disabled={!check.ok || stage.kind === 'sending'}>
            {draft === proposed ? 'Approve as proposed' : 'Approve this plan'}
          </button>
        </span>
      </div>
      {stage.kind === 'failed' ? (
        <p className="failure-line" role="alert">
          {stage.reason}
        </p>
      ) : null}
      {check.problems
        .filter(({ subtaskId }) => subtaskId === undefined)
        .map(({ code, message }) => (
          <p key={`${code} ${message}`} className="failure-line">
            {message}
          </p>
        ))}
      <ol className="editor-subtasks">
        {draft.subtasks.map((subtask, index) => (
          <SubtaskEditor
            // Its place: the id is what is being typed.
            key={index}
            index={index}
            subtask={subtask}
            ids={draft.subtasks.map(({ id }) => id)}
            roles={roles}
            problems={check.problems.filter((problem) => problem.subtaskId === subtask.id)}
            onEdit={apply}
          />
        ))}
      </ol>
      <button type="button" onClick={() => apply({ kind: 'add', role: roles[0] ?? '' })}>
        Add a subtask
      </button>
    </form>
  );
}
