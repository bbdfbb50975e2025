/** All subtasks as a table that can be searched: the graph for those who read, and for runs too large to be drawn. */
import { partOf, type SubtaskState } from 'planwright/browser';
import { useMemo, useState } from 'react';
import { stateOfSubtask } from '../graph/state-of-subtask.ts';
import { type CallSums, subtaskKey } from '../ledger/sum-calls.ts';
import { formatCompact, formatCount, formatDuration } from '../shared/figures.ts';
import { StateLabel } from '../shared/state-icon.tsx';
import { useTree, useTreeVersion } from './use-run-tree.ts';

const pageSize = 100;

export interface SubtaskListProps {
  sums: CallSums;
  critical: readonly string[];
  selected: string | undefined;
  onSelect: (id: string) => void;
}

export function SubtaskList({ sums, critical, selected, onSelect }: SubtaskListProps) {
  const { root } = useTree();
  const version = useTreeVersion();
  const [search, setSearch] = useState('');
  const [page, setPage] = useState(0);
  const found = useMemo(() => findSubtasks([...root.state.subtasks.values()], search), [root, version, search]);
  const pages = Math.max(1, Math.ceil(found.length / pageSize));
  const at = Math.min(page, pages - 1);
  const onPath = useMemo(() => new Set(critical), [critical]);
  return (
    <section aria-label="Subtasks">
      <div className="list-tools">
        <label className="search">
          <span>Search subtasks</span>
          <input
            type="search"
            value={search}
            placeholder="id, role, state or instruction"
            onChange={(event) => {
              setSearch(event.target.value);
              setPage(0);
            }}
          />
        </label>
        <span className="quiet" role="status">
          {formatCount(found.length)} of {formatCount(root.state.subtasks.size)}
        </span>
        {pages > 1 ? (
          <span className="pager">
            <button type="button" className="small" disabled={at === 0} onClick={() => setPage(at - 1)}>
              Before
            </button>
            <span>
              {at + 1} of {pages}
            </span>
            <button type="button" className="small" disabled={at === pages - 1} onClick={() => setPage(at + 1)}>
              Next
            </button>
          </span>
        ) : null}
      </div>
      <div className="scroll" tabIndex={0} role="region" aria-label="Table of subtasks">
        <table className="subtasks">
          <thead>
            <tr>
              <th scope="col">Subtask</th>
              <th scope="col">State</th>
              <th scope="col">Role</th>
              <th scope="col">Depends on</th>
              <th scope="col" className="number">
                Attempts
              </th>
              <th scope="col" className="number">
                Time
              </th>
              <th scope="col" className="number">
                Tokens
              </th>
            </tr>
          </thead>
          <tbody>
            {found.slice(at * pageSize, (at + 1) * pageSize).map((item) => {
              const { id, dependsOn } = item.subtask;
              const sum = sums.bySubtask.get(subtaskKey(root.runId, id));
              return (
                <tr key={id} className={id === selected ? 'is-selected' : ''}>
                  <th scope="row">
                    <button type="button" className="link-button" onClick={() => onSelect(id)}>
                      {partOf(item) === null ? '' : '↳ '}
                      {id}
                    </button>
                    {onPath.has(id) ? <span className="tag">critical path</span> : null}
                  </th>
                  <td>
                    <StateLabel state={stateOfSubtask(item)} />
                  </td>
                  <td>{item.role}</td>
                  <td className="quiet">
                    {dependsOn.length > 4
                      ? `${dependsOn.slice(0, 3).join(', ')} and ${dependsOn.length - 3} more`
                      : dependsOn.join(', ')}
                  </td>
                  <td className="number">{item.attempts}</td>
                  <td className="number">{describeTime(item)}</td>
                  <td className="number">{sum === undefined ? '' : formatCompact(sum.tokens)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {found.length === 0 ? <p className="quiet">No subtask matches “{search}”.</p> : null}
    </section>
  );
}

function findSubtasks(items: SubtaskState[], search: string): SubtaskState[] {
  const wanted = search.trim().toLowerCase();
  if (wanted === '') return items;
  return items.filter(({ subtask, role, status }) =>
    `${subtask.id}\n${role}\n${status}\n${subtask.instruction}`.toLowerCase().includes(wanted),
  );
}

function describeTime({ startedMs, endedMs }: SubtaskState): string {
  return startedMs === null || endedMs === null ? '' : formatDuration(endedMs - startedMs);
}
