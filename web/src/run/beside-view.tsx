/** A fork beside the run it began as: what differs, and what it cost. */
import type { RunDifference, RunReport, RunSide, SubtaskSide } from 'planwright/browser';
import { useState } from 'react';
import { paths } from '../api/paths.ts';
import { request } from '../api/request.ts';
import { printRoute } from '../routes.ts';
import { formatCount, formatDuration, formatNumber, formatUsd } from '../shared/figures.ts';
import { Empty, Failure, Loading } from '../shared/notices.tsx';
import { useResource } from '../shared/resource.ts';
import { StateLabel, stateOfStatus } from '../shared/state-icon.tsx';

export function BesideView({ report: { runId, forkedFrom, status } }: { report: RunReport }) {
  const parent = forkedFrom?.runId ?? null;
  const [all, setAll] = useState(false);
  const [resource, reload] = useResource(parent === null ? null : `${parent} ${runId} ${status}`, (signal) =>
    request<RunDifference>(paths.difference(parent ?? '', runId), { signal }),
  );
  if (parent === null) return <Empty title="This run was forked from none" />;
  if (resource.kind === 'loading') return <Loading what="the difference" />;
  if (resource.kind === 'failed') return <Failure reason={resource.reason} retry={reload} />;
  const { runs, subtasks, sharedEvents } = resource.value;
  const shown = all ? subtasks : subtasks.filter(({ differs }) => differs);
  return (
    <section className="beside" aria-label="Beside its parent">
      <p className="quiet">
        {sharedEvents === null ? '' : `Both began with the same ${formatNumber(sharedEvents, 'event')}. `}
        {runs.one.outputHash !== null && runs.one.outputHash === runs.other.outputHash
          ? 'Their deliverables are the same to the letter.'
          : 'Their deliverables differ.'}
      </p>
      <div className="scroll" tabIndex={0} role="region" aria-label="The two runs">
        <table>
          <thead>
            <tr>
              <th scope="col">Run</th>
              <th scope="col">Status</th>
              <th scope="col" className="number">
                Calls of its own
              </th>
              <th scope="col" className="number">
                Tokens
              </th>
              <th scope="col" className="number">
                Cost
              </th>
              <th scope="col" className="number">
                Makespan
              </th>
            </tr>
          </thead>
          <tbody>
            <SideRow name="Parent" side={runs.one} />
            <SideRow name="This fork" side={runs.other} />
          </tbody>
        </table>
      </div>
      <div className="list-tools">
        <h2>
          {all ? 'All subtasks' : `${formatNumber(shown.length, 'subtask')} that ${shown.length === 1 ? 'differs' : 'differ'}`}
        </h2>
        <label>
          <input type="checkbox" checked={all} onChange={(event) => setAll(event.target.checked)} /> Show all{' '}
          {formatCount(subtasks.length)}
        </label>
      </div>
      <ul className="differences">
        {shown.map(({ id, one, other }) => (
          <li key={id}>
            <h3>{id}</h3>
            <div className="pair">
              <Side name="Parent" side={one} beside={other} />
              <Side name="This fork" side={other} beside={one} />
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function SideRow({ name, side }: { name: string; side: RunSide }) {
  return (
    <tr>
      <th scope="row">
        {name} <a href={printRoute({ page: 'run', runId: side.runId, view: 'graph' })}>{side.runId}</a>
      </th>
      <td>
        <StateLabel state={stateOfStatus(side.status)} />
      </td>
      <td className="number">{formatCount(side.calls)}</td>
      <td className="number">{formatCount(side.tokens)}</td>
      <td className="number">{formatUsd(side.costUsd)}</td>
      <td className="number">{formatDuration(side.makespanMs)}</td>
    </tr>
  );
}

function Side({ name, side, beside }: { name: string; side: SubtaskSide | null; beside: SubtaskSide | null }) {
  if (side === null) {
    return (
      <div className="side">
        <h4>{name}</h4>
        <p className="quiet">Has no such subtask.</p>
      </div>
    );
  }
  const mark = (isOther: boolean) => (isOther && beside !== null ? 'differs' : '');
  return (
    <div className="side">
      <h4>{name}</h4>
      <p>
        <StateLabel state={side.status} /> <span className={mark(side.role !== beside?.role)}>{side.role}</span>
      </p>
      <p className={mark(side.instruction !== beside?.instruction)}>{side.instruction}</p>
      <p className="quiet">
        {formatNumber(side.attempts, 'attempt')}
        {side.durationMs === null ? '' : `, ${formatDuration(side.durationMs)}`}, {formatCount(side.tokens)} tokens,{' '}
        {formatUsd(side.costUsd)}
        {side.outputHash === null ? '' : side.outputHash === beside?.outputHash ? ', same result' : ', another result'}
      </p>
    </div>
  );
}
