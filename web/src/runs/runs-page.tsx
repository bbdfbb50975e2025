/** All runs of the store, newest first, searched by the server. */
import { useEffect, useState } from 'react';
import type { RunList, RunSummary } from '../api/answers.ts';
import { paths } from '../api/paths.ts';
import { describeError, request } from '../api/request.ts';
import { printRoute } from '../routes.ts';
import { formatDuration, formatMoment } from '../shared/figures.ts';
import { Empty, Failure, Loading } from '../shared/notices.tsx';
import { useNow } from '../shared/now.ts';
import { useResource } from '../shared/resource.ts';
import { StateLabel, stateOfStatus, stateWords } from '../shared/state-icon.tsx';

const statuses = ['running', 'waiting', 'interrupted', 'succeeded', 'partial', 'failed', 'cancelled'];
const typingMs = 200;
const refreshMs = 3000;

export function RunsPage() {
  const [typed, setTyped] = useState('');
  const [search, setSearch] = useState('');
  const [status, setStatus] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setSearch(typed.trim()), typingMs);
    return () => clearTimeout(timer);
  }, [typed]);
  const [first, reload] = useResource(`${status} ${search}`, (signal) =>
    request<RunList>(paths.runs({ search, status }), { signal }),
  );
  useEffect(() => {
    const timer = setInterval(reload, refreshMs);
    return () => clearInterval(timer);
  }, [reload]);
  const isFiltered = search !== '' || status !== '';
  return (
    <section className="page">
      <div className="page-head">
        <h1>Runs</h1>
        <a className="button primary" href="#/runs/new">
          Start a task
        </a>
      </div>
      <div className="list-tools">
        <label className="search">
          <span>Search tasks</span>
          <input type="search" value={typed} onChange={({ target }) => setTyped(target.value)} placeholder="words of the task" />
        </label>
        <label className="field inline">
          <span>Status</span>
          <select value={status} onChange={({ target }) => setStatus(target.value)}>
            <option value="">all</option>
            {statuses.map((one) => (
              <option key={one} value={one}>
                {stateWords[stateOfStatus(one)]}
              </option>
            ))}
          </select>
        </label>
      </div>
      {first.kind === 'loading' ? <Loading what="runs" /> : null}
      {first.kind === 'failed' ? <Failure reason={first.reason} retry={reload} /> : null}
      {first.kind === 'ready' && first.value.runs.length === 0 ? (
        isFiltered ? (
          <Empty title="No run matches" />
        ) : (
          <Empty title="No runs yet">
            <p>
              A run turns a task into a plan and carries it out. Start one here, or with <code>planwright run "…"</code> on this
              store; it appears in this list either way.
            </p>
            <a className="button primary" href="#/runs/new">
              Start a first task
            </a>
          </Empty>
        )
      ) : null}
      {first.kind !== 'loading' && first.value !== undefined && first.value.runs.length > 0 ? (
        <List key={`${status} ${search}`} first={first.value} search={search} status={status} />
      ) : null}
    </section>
  );
}

function List({ first, search, status }: { first: RunList; search: string; status: string }) {
  const [older, setOlder] = useState<RunList | null>(null);
  const [failure, setFailure] = useState('');
  const next = (older ?? first).next;
  const seen = new Set(first.runs.map(({ runId }) => runId));
  const runs = [...first.runs, ...(older?.runs ?? []).filter(({ runId }) => !seen.has(runId))];
  const load = async (): Promise<void> => {
    try {
      const more = await request<RunList>(paths.runs({ search, status, before: next }));
      setOlder({ runs: [...(older?.runs ?? []), ...more.runs], next: more.next });
    } catch (error) {
      setFailure(describeError(error));
    }
  };
  return (
    <>
      <ul className="runs">
        {runs.map((run) => (
          <Run key={run.runId} run={run} />
        ))}
      </ul>
      {failure === '' ? null : <p className="failure-line">{failure}</p>}
      {next === null ? null : (
        <button
          type="button"
          onClick={() => {
            load().catch((error: unknown) => setFailure(describeError(error)));
          }}
        >
          Show older runs
        </button>
      )}
    </>
  );
}

function Run({ run: { runId, task, status, strategy, createdMs, endedMs, forkedFrom } }: { run: RunSummary }) {
  const nowMs = useNow(status === 'running');
  return (
    <li>
      <a className="run-card" href={printRoute({ page: 'run', runId, view: 'graph' })}>
        <span className="run-task">{task}</span>
        <span className="run-line">
          <StateLabel state={stateOfStatus(status)} />
          <span>{strategy === 'single' ? 'one agent' : strategy === 'auto' ? 'gate decides' : strategy}</span>
          <span>{formatMoment(createdMs)}</span>
          {status === 'waiting' || status === 'interrupted' ? null : (
            <span>{formatDuration(Math.max(0, (endedMs ?? nowMs) - createdMs))}</span>
          )}
          {forkedFrom === undefined ? null : <span>fork of {forkedFrom.runId}</span>}
          <code>{runId}</code>
        </span>
      </a>
    </li>
  );
}
