/** Starts a task: what to do, with which team, under which limits. */
import { useState } from 'react';
import type { RunStarted, ServerInfo } from '../api/answers.ts';
import { paths } from '../api/paths.ts';
import { describeError, request } from '../api/request.ts';
import { goTo } from '../routes.ts';
import { Field } from '../shared/field.tsx';
import { Failure, Loading } from '../shared/notices.tsx';
import { useResource } from '../shared/resource.ts';
import { TeamField } from '../shared/team-field.tsx';
import { readStartForm } from './start-form.ts';

export function StartPage() {
  const [info, reload] = useResource('server', (signal) => request<ServerInfo>(paths.server, { signal }));
  if (info.kind === 'loading') return <Loading what="the teams" />;
  if (info.kind === 'failed') return <Failure reason={info.reason} retry={reload} />;
  return <StartForm info={info.value} />;
}

function StartForm({ info }: { info: ServerInfo }) {
  const [team, setTeam] = useState(info.teams.find(({ name }) => name === 'research')?.name ?? info.teams[0]?.name ?? '');
  const chosen = info.teams.find(({ name }) => name === team);
  const [stage, setStage] = useState<{ kind: 'ready' | 'busy' } | { kind: 'failed'; reason: string }>({ kind: 'ready' });
  const start = async (form: FormData): Promise<void> => {
    setStage({ kind: 'busy' });
    try {
      const { runId } = await request<RunStarted>(paths.startRun, { method: 'POST', body: readStartForm(form) });
      goTo({ page: 'run', runId, view: 'graph' });
    } catch (error) {
      setStage({ kind: 'failed', reason: describeError(error) });
    }
  };
  return (
    <section className="page narrow">
      <h1>Start a task</h1>
      <form
        className="start"
        onSubmit={(event) => {
          event.preventDefault();
          start(new FormData(event.currentTarget)).catch((error: unknown) =>
            setStage({ kind: 'failed', reason: describeError(error) }),
          );
        }}
      >
        <Field label="Task">
          {(ids) => <textarea {...ids} name="task" rows={5} required placeholder="What is to be found out, written or built?" />}
        </Field>
        <div className="columns">
          <TeamField teams={info.teams} team={team} onChoose={setTeam} />
          <Field label="Strategy" hint="The gate decides from measured evidence whether a team pays.">
            {(ids) => (
              <select {...ids} name="strategy" defaultValue="auto">
                <option value="auto">let the gate decide</option>
                <option value="team">a team</option>
                <option value="single">one agent</option>
                <option value="cascade">one agent first, then a team</option>
              </select>
            )}
          </Field>
        </div>
        {chosen === undefined ? null : (
          <ul className="chips" aria-label="Roles of the team">
            {chosen.roles.map(({ name, description }) => (
              <li key={name} className="chip" title={description}>
                {name}
              </li>
            ))}
          </ul>
        )}
        <div className="columns">
          <Field
            label="Files"
            hint={
              info.filesRoots.length === 0
                ? 'This server reads no files; start it with --files-root DIR.'
                : `A folder in ${info.filesRoots.join(' or ')}`
            }
          >
            {(ids) => (
              <input {...ids} name="files" defaultValue={info.filesRoots[0] ?? ''} disabled={info.filesRoots.length === 0} />
            )}
          </Field>
          <Field label="Model" hint={`For roles that name none. Empty: ${info.model}.`}>
            {(ids) => <input {...ids} name="model" placeholder={info.model} />}
          </Field>
        </div>
        <details>
          <summary>Limits</summary>
          <div className="columns">
            <Field label="Attempts at once">
              {(ids) => <input {...ids} name="concurrency" type="number" min="1" max="10000" />}
            </Field>
            <Field label="Most money, USD">{(ids) => <input {...ids} name="usd" type="number" min="0" step="any" />}</Field>
            <Field label="Most tokens">{(ids) => <input {...ids} name="tokens" type="number" min="1" />}</Field>
            <Field label="Most time, seconds">{(ids) => <input {...ids} name="seconds" type="number" min="1" />}</Field>
          </div>
        </details>
        <label className="check">
          <input type="checkbox" name="approve" /> Show me the plan first: nothing runs until I approve it
        </label>
        {stage.kind === 'failed' ? (
          <p className="failure-line" role="alert">
            {stage.reason}
          </p>
        ) : null}
        <button type="submit" className="primary" disabled={stage.kind === 'busy'}>
          {stage.kind === 'busy' ? 'Starting …' : 'Start'}
        </button>
      </form>
    </section>
  );
}
