/** One subtask, as deep as anybody wants to look: what it was told, what it called, what came of it and why. */
import type { RunReport, SubtaskHistory } from 'planwright/browser';
import { useEffect, useRef, useState } from 'react';
import { paths } from '../api/paths.ts';
import { request } from '../api/request.ts';
import { stateOfSubtask } from '../graph/state-of-subtask.ts';
import { type FoundSubtask, findSubtask } from '../run/find-subtask.ts';
import { usePolled } from '../run/use-polled.ts';
import { useTree, useTreeFact } from '../run/use-run-tree.ts';
import { Failure, Loading } from '../shared/notices.tsx';
import { valueOf } from '../shared/resource.ts';
import { StateLabel } from '../shared/state-icon.tsx';
import { ValueText } from '../shared/value-text.tsx';
import { Attempts } from './attempts.tsx';
import { ForkForm } from './fork-form.tsx';

export interface SubtaskPanelProps {
  path: string;
  report: RunReport | undefined;
  onSelect: (path: string) => void;
  onClose: () => void;
}

export function SubtaskPanel({ path, report, onSelect, onClose }: SubtaskPanelProps) {
  const tree = useTree();
  // The panel is about one subtask: other events leave it as it is.
  const facts = useTreeFact(() => snapshotOf(findSubtask(tree.root, path, tree.runs)));
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), [path]);
  useEffect(() => {
    const onKey = ({ key, target }: KeyboardEvent) => {
      if (key === 'Escape' && !(target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement)) onClose();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [onClose]);
  const found = facts === '' ? null : findSubtask(tree.root, path, tree.runs);
  return (
    <aside className="panel" aria-label={`Subtask ${path}`}>
      <header>
        <h2 ref={heading} tabIndex={-1}>
          {path}
        </h2>
        <button type="button" className="small" onClick={onClose}>
          Close
        </button>
      </header>
      {found === null ? (
        <p className="quiet">There is no subtask “{path}” in this run so far.</p>
      ) : (
        <Contents found={found} facts={facts} report={report} onSelect={onSelect} />
      )}
    </aside>
  );
}

interface ContentsProps {
  found: FoundSubtask;
  facts: string;
  report: RunReport | undefined;
  onSelect: (path: string) => void;
}

function Contents({ found: { run, item, ids }, facts, report, onSelect }: ContentsProps) {
  const { root } = useTree();
  const { subtask } = item;
  const isOpen = item.status === 'running' || item.status === 'verifying' || item.status === 'waiting';
  const version = useVersionOf(facts);
  const [detail, reload] = usePolled(
    `${root.runId} ${ids.join('/')}`,
    (signal) => request<SubtaskHistory>(paths.subtask(root.runId, ids), { signal }),
    { version, isOpen },
  );
  const known = valueOf(detail);
  const above = ids
    .slice(0, -1)
    .map((id) => `${id}/`)
    .join('');
  const dependents = [...run.state.subtasks.values()].filter((one) => one.subtask.dependsOn.includes(subtask.id));
  return (
    <>
      <p className="panel-facts">
        <StateLabel state={stateOfSubtask(item)} />
        <span className="role">{item.role}</span>
        {item.role === subtask.role ? null : <span className="quiet">planned for {subtask.role}</span>}
      </p>
      {item.error === null ? null : <p className="failure-line">{item.error.message}</p>}
      <h3>Instruction</h3>
      <p className="instruction">{subtask.instruction}</p>
      <Links title="Depends on" ids={subtask.dependsOn} above={above} onSelect={onSelect} />
      <Links title="Needed by" ids={dependents.map((one) => one.subtask.id)} above={above} onSelect={onSelect} />
      {subtask.assumes === undefined ? null : (
        <>
          <h3>Assumes</h3>
          <ul>
            {subtask.assumes.map((assumption) => {
              const text =
                typeof assumption === 'string'
                  ? assumption
                  : (assumption.text ?? `${assumption.subtask}: ${JSON.stringify(assumption.holds)}`);
              return <li key={text}>{text}</li>;
            })}
          </ul>
        </>
      )}
      {known === undefined ? null : known.output === null ? null : (
        <>
          <h3>Result</h3>
          <ValueText value={known.output} />
        </>
      )}
      <h3>Attempts</h3>
      {known === undefined ? (
        detail.kind === 'failed' ? (
          <Failure reason={detail.reason} retry={reload} />
        ) : (
          <Loading what="its attempts" />
        )
      ) : (
        <Attempts attempts={known.attempts} />
      )}
      {ids.length === 1 && item.attempts > 0 ? <ForkForm item={item} report={report} /> : null}
    </>
  );
}

interface LinksProps {
  title: string;
  ids: readonly string[];
  above: string;
  onSelect: (path: string) => void;
}

const linksShown = 12;

function Links({ title, ids, above, onSelect }: LinksProps) {
  const [all, setAll] = useState(false);
  if (ids.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul className="chips">
        {(all ? ids : ids.slice(0, linksShown)).map((id) => (
          <li key={id}>
            <button type="button" className="chip" onClick={() => onSelect(`${above}${id}`)}>
              {id}
            </button>
          </li>
        ))}
        {!all && ids.length > linksShown ? (
          <li>
            <button type="button" className="link-button" onClick={() => setAll(true)}>
              and {ids.length - linksShown} more
            </button>
          </li>
        ) : null}
      </ul>
    </>
  );
}

/** A number that rises when the text is another one. */
function useVersionOf(text: string): number {
  const held = useRef({ text, version: 0 });
  if (held.current.text !== text) held.current = { text, version: held.current.version + 1 };
  return held.current.version;
}

function snapshotOf(found: FoundSubtask | null): string {
  if (found === null) return '';
  const { run, item } = found;
  const work = run.live.get(item.subtask.id);
  return `${stateOfSubtask(item)} ${item.role} ${item.attempt} ${item.attempts} ${item.endedMs} ${work?.tokens ?? 0} ${run.state.subtasks.size} ${run.state.phase}`;
}
