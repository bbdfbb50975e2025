/** One subtask of a plan that is being edited. */
import type { PlanProblem, Subtask } from 'planwright/browser';
import type { PlanEdit } from './plan-draft.ts';

export interface SubtaskEditorProps {
  index: number;
  subtask: Subtask;
  /** Of all subtasks. */
  ids: readonly string[];
  roles: readonly string[];
  problems: readonly PlanProblem[];
  onEdit: (edit: PlanEdit) => void;
}

export function SubtaskEditor({ index, subtask, ids, roles, problems, onEdit }: SubtaskEditorProps) {
  const { id, role, instruction, dependsOn } = subtask;
  const problemsId = `problems-${index}`;
  const described = problems.length > 0 ? { 'aria-describedby': problemsId } : {};
  const others = ids.filter((one) => one !== id && !dependsOn.includes(one));
  return (
    <li className={problems.length > 0 ? 'editor-subtask has-problems' : 'editor-subtask'}>
      <fieldset>
        <legend className="unseen">Subtask {id}</legend>
        <label className="field">
          <span>Id</span>
          <input value={id} {...described} onChange={({ target }) => onEdit({ kind: 'rename', id, to: target.value })} />
        </label>
        <label className="field">
          <span>Role</span>
          <select value={role} onChange={({ target }) => onEdit({ kind: 'role', id, role: target.value })}>
            {(roles.includes(role) ? roles : [role, ...roles]).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label className="field wide">
          <span>Instruction</span>
          <textarea
            rows={2}
            value={instruction}
            onChange={({ target }) => onEdit({ kind: 'instruction', id, instruction: target.value })}
          />
        </label>
        <div className="field wide">
          <span id={`depends-${index}`}>Depends on</span>
          <ul className="chips" aria-labelledby={`depends-${index}`}>
            {dependsOn.map((dependency) => (
              <li key={dependency}>
                <button
                  type="button"
                  className="chip"
                  aria-label={`${id} no longer depends on ${dependency}`}
                  onClick={() => onEdit({ kind: 'depend', id, on: dependency, holds: false })}
                >
                  {dependency} <span aria-hidden="true">×</span>
                </button>
              </li>
            ))}
            <li>
              <select
                value=""
                aria-label={`Let ${id} depend on`}
                onChange={({ target }) => onEdit({ kind: 'depend', id, on: target.value, holds: true })}
              >
                <option value="">Add …</option>
                {others.map((one) => (
                  <option key={one}>{one}</option>
                ))}
              </select>
            </li>
          </ul>
        </div>
        <button type="button" className="small danger" aria-label={`Remove ${id}`} onClick={() => onEdit({ kind: 'remove', id })}>
          Remove
        </button>
      </fieldset>
      {problems.length > 0 ? (
        <ul id={problemsId} className="problems">
          {problems.map(({ code, message }) => (
            <li key={`${code} ${message}`} className="failure-line">
              {message}
            </li>
          ))}
        </ul>
      ) : null}
    </li>
  );
}
