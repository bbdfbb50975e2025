/** A subtask in the graph: what it is called, who does it, how it stands. It renders anew only when one of these changes. */
import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { itemsOf, type SubtaskState } from 'planwright/browser';
import { useContext } from 'react';
import { subtaskKey, tokensOfSubtask } from '../ledger/sum-calls.ts';
import { type RunFold, teamRunOf } from '../run/run-fold.ts';
import { useTreeFact } from '../run/use-run-tree.ts';
import { formatCompact, formatDuration } from '../shared/figures.ts';
import { useNow } from '../shared/now.ts';
import { StateIcon, stateWords } from '../shared/state-icon.tsx';
import { NodeContext } from './node-context.ts';
import { stateOfSubtask } from './state-of-subtask.ts';

export type SubtaskNodeType = Node<
  { run: RunFold; subtaskId: string; path: string; hasTeam: boolean; isOpen: boolean },
  'subtask'
>;

export function SubtaskNode({ data, selected }: NodeProps<SubtaskNodeType>) {
  const { run, subtaskId, path, hasTeam, isOpen } = data;
  const { sums, critical, isFar, onToggle } = useContext(NodeContext);
  useTreeFact(() => snapshotOf(run, subtaskId));
  const item = run.state.subtasks.get(subtaskId);
  if (item === undefined) return null;
  const state = stateOfSubtask(item);
  const counted = tokensOfSubtask(sums, subtaskKey(run.runId, subtaskId), teamRunOf(run, item));
  const total = Math.max(counted, run.live.get(subtaskId)?.tokens ?? 0);
  const isCritical = critical.has(subtaskId) && run.state.phase === 'ended';
  return (
    <div
      className={`node state-edge-${state}${selected ? ' is-selected' : ''}${isOpen ? ' is-open' : ''}${isCritical ? ' is-critical' : ''}${isFar ? ' is-far' : ''}`}
      title={item.subtask.instruction.slice(0, 300)}
    >
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <div className="node-head">
        <StateIcon state={state} />
        <span className="node-name">{subtaskId}</span>
        {hasTeam ? (
          <button
            type="button"
            className="node-toggle nodrag"
            aria-expanded={isOpen}
            aria-label={`${isOpen ? 'Close' : 'Open'} the sub-team of ${subtaskId}`}
            onClick={(event) => {
              event.stopPropagation();
              onToggle(path);
            }}
          >
            {isOpen ? '−' : '+'}
          </button>
        ) : null}
      </div>
      {isFar ? <span className="unseen node-state">{stateWords[state]}</span> : <Details run={run} item={item} tokens={total} />}
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
}

/** Who does it, how it stands, what is at work now, what it took. */
function Details({ run, item, tokens }: { run: RunFold; item: SubtaskState; tokens: number }) {
  const work = run.live.get(item.subtask.id);
  const items = itemsOf(item);
  return (
    <>
      <div className="node-line">
        <span className="node-role">{item.role}</span>
        <span className="node-state">{stateWords[stateOfSubtask(item)]}</span>
      </div>
      <div className="node-line quiet">
        <span className="node-work">
          {items === null ? (work?.now.at(-1) ?? (item.attempts > 1 ? `attempt ${item.attempts}` : '')) : describeItems(items)}
        </span>
        <span className="node-figures">
          <Elapsed item={item} />
          {tokens > 0 ? <span>{formatCompact(tokens)} tok</span> : null}
        </span>
      </div>
    </>
  );
}

/** Counts up while the subtask is under way. */
function Elapsed({ item }: { item: SubtaskState }) {
  const isOpen = item.status === 'running' || item.status === 'verifying';
  const nowMs = useNow(isOpen);
  if (item.startedMs === null) return null;
  const endMs = isOpen ? Math.max(nowMs, item.startedMs) : (item.endedMs ?? item.startedMs);
  return <span>{formatDuration(endMs - item.startedMs)}</span>;
}

function describeItems(items: readonly SubtaskState[]): string {
  const done = items.filter(({ status }) => status === 'succeeded').length;
  return `${done} of ${items.length} items`;
}

/** Everything of the fold that the node shows, as one value. */
function snapshotOf(run: RunFold, subtaskId: string): string {
  const item = run.state.subtasks.get(subtaskId);
  if (item === undefined) return '';
  const { status, role, attempts, startedMs, endedMs } = item;
  const items = itemsOf(item);
  const work = run.live.get(subtaskId)?.now.at(-1) ?? '';
  const tokens = run.live.get(subtaskId)?.tokens ?? 0;
  return `${stateOfSubtask(item)} ${status} ${role} ${attempts} ${startedMs} ${endedMs} ${items === null ? '' : describeItems(items)} ${work} ${tokens} ${run.state.phase === 'ended'}`;
}
