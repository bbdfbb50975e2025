/** Starts a comparison: which tasks, with which team, how often, for how much. */
import { useState } from 'react';
import type { ComparisonProgress, ServerInfo } from '../api/answers.ts';
import { paths } from '../api/paths.ts';
import { describeError, request } from '../api/request.ts';
import { goTo } from '../routes.ts';
import { Field } from '../shared/field.tsx';
import { Failure, Loading } from '../shared/notices.tsx';
import { useResource } from '../shared/resource.ts';
import { TeamField } from '../shared/team-field.tsx';
import { readComparisonForm } from './comparison-form.ts';

export function StartComparisonPage() {
  const [info, reload] = useResource('server', (signal) => request<ServerInfo>(paths.server, { signal }));
  if (info.kind === 'loading') return <Loading what="the teams" />;
  if (info.kind === 'failed') return <Failure reason={info.reason} retry={reload} />;
  return <ComparisonForm info={info.value} />;
}

/** Several a field: what is wrong with the tasks is told at once. */
type Stage = { kind: 'ready' | 'busy' } | { kind: 'failed'; reasons: string[] };

function ComparisonForm({ info }: { info: ServerInfo }) {
  const [team, setTeam] = useState(info.teams.find(({ name }) => name === 'research')?.name ?? info.teams[0]?.name ?? '');
  const [stage, setStage] = useState<Stage>({ kind: 'ready' });
  const start = async (form: FormData): Promise<void> => {
    const read = readComparisonForm(form);
    if (read.kind === 'refused') {
      setStage({ kind: 'failed', reasons: read.problems });
      return;
    }
    setStage({ kind: 'busy' });
    const asked = { method: 'POST', body: read.request } as const;
    const { comparisonId } = await request<ComparisonProgress>(paths.comparisons, asked);
    goTo({ page: 'comparison', comparisonId });
  };
  return (
    <section className="page narrow">
      <h1>Start a comparison</h1>
      <p className="quiet">
        The team and one agent do the same tasks with the same model; held-out checks judge both. It ends as soon as the answer is
        clear.
      </p>
      <form
        className="start"
        onSubmit={(event) => {
          event.preventDefault();
          start(new FormData(event.currentTarget)).catch((error: unknown) =>
            setStage({ kind: 'failed', reasons: [describeError(error)] }),
          );
        }}
      >
        <Field
          label="Tasks"
          hint={
            <>
              One a line: <code>{'What is 6 times 7? => 42'}</code>, or a line of a tasks file:{' '}
              <code>{'{"id":"1","task":"…","check":{"regex":"…"}}'}</code>
            </>
          }
        >
          {(ids) => <textarea {...ids} name="tasks" rows={10} required spellCheck={false} />}
        </Field>
        <div className="columns">
          <TeamField teams={info.teams} team={team} onChoose={setTeam} />
          <Field label="Model" hint={`For roles that name none. Empty: ${info.model}.`}>
            {(ids) => <input {...ids} name="model" placeholder={info.model} />}
          </Field>
        </div>
        <div className="columns">
          <Field label="Trials of each task" hint="A model’s answers differ from time to time.">
            {(ids) => <input {...ids} name="repeats" type="number" min="1" max="1000" defaultValue="1" />}
          </Field>
          <Field label="Most money, USD" hint="Of all runs together. Empty: as much as it takes.">
            {(ids) => <input {...ids} name="maxUsd" type="number" min="0" step="any" />}
          </Field>
          <Field label="Pairs at once" hint="1 where times are compared.">
            {(ids) => <input {...ids} name="concurrency" type="number" min="1" max="16" defaultValue="1" />}
          </Field>
        </div>
        <label className="check">
          <input type="checkbox" name="fixedN" /> Run every task, also when the answer is clear
        </label>
        {stage.kind === 'failed' ? (
          <ul className="problems failure-line" role="alert">
            {stage.reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        ) : null}
        <button type="submit" className="primary" disabled={stage.kind === 'busy'}>
          {stage.kind === 'busy' ? 'Starting …' : 'Start'}
        </button>
      </form>
    </section>
  );
}
