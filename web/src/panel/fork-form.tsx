/** A new run that begins as this one did, up to just before a subtask, and goes on otherwise. */
import type { RunReport, SubtaskState } from 'planwright/browser';
import { useState } from 'react';
import type { RunForked } from '../api/answers.ts';
import { paths } from '../api/paths.ts';
import { describeError, request } from '../api/request.ts';
import { goTo } from '../routes.ts';
import { useTree } from '../run/use-run-tree.ts';

export function ForkForm({ item, report }: { item: SubtaskState; report: RunReport | undefined }) {
  const { root } = useTree();
  const { subtask } = item;
  const [instruction, setInstruction] = useState(subtask.instruction);
  const [role, setRole] = useState(subtask.role);
  const [model, setModel] = useState('');
  const [stage, setStage] = useState<{ kind: 'ready' | 'busy' } | { kind: 'failed'; reason: string }>({ kind: 'ready' });
  const roles = Object.keys(root.state.settings.roles);
  const fork = async (): Promise<void> => {
    setStage({ kind: 'busy' });
    const change = {
      ...(instruction.trim() === subtask.instruction ? {} : { instruction: instruction.trim() }),
      ...(role === subtask.role ? {} : { role }),
      ...(model.trim() === '' ? {} : { model: model.trim() }),
    };
    try {
      const { runId } = await request<RunForked>(paths.runAction(root.runId, 'fork'), {
        method: 'POST',
        body: { before: subtask.id, ...(Object.keys(change).length === 0 ? {} : { change }) },
      });
      goTo({ page: 'run', runId, view: 'graph' });
    } catch (error) {
      setStage({ kind: 'failed', reason: describeError(error) });
    }
  };
  return (
    <details className="fork">
      <summary>Fork from here</summary>
      <p className="quiet">
        A new run takes over all that came before {subtask.id} and does it anew. This run stays as it is
        {report?.status === 'running' ? ' and goes on' : ''}.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          fork().catch((error: unknown) => setStage({ kind: 'failed', reason: describeError(error) }));
        }}
      >
        <label className="field">
          <span>Instruction</span>
          <textarea rows={4} value={instruction} required onChange={(event) => setInstruction(event.target.value)} />
        </label>
        <label className="field">
          <span>Role</span>
          <select value={role} onChange={(event) => setRole(event.target.value)}>
            {roles.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label className="field">
          <span>Model</span>
          <input
            value={model}
            placeholder={root.state.settings.roles[role]?.model ?? 'as before'}
            onChange={(event) => setModel(event.target.value)}
          />
        </label>
        {stage.kind === 'failed' ? (
          <p className="failure-line" role="alert">
            {stage.reason}
          </p>
        ) : null}
        <button type="submit" className="primary" disabled={stage.kind === 'busy'}>
          {stage.kind === 'busy' ? 'Forking …' : 'Fork and run'}
        </button>
      </form>
    </details>
  );
}
