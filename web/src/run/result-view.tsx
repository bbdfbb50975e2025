/** What the run hands over, with its citations. A model wrote it: it is shown as text or Markdown and can do nothing. */
import type { RunReport } from 'planwright/browser';
import { CopyButton } from '../shared/copy-button.tsx';
import { Empty, Failure, Loading } from '../shared/notices.tsx';
import type { Resource } from '../shared/resource.ts';
import { ValueText } from '../shared/value-text.tsx';

export function ResultView({ report }: { report: Resource<RunReport> }) {
  if (report.kind === 'loading') return <Loading what="the result" />;
  if (report.kind === 'failed' && report.value === undefined) return <Failure reason={report.reason} />;
  const { deliverable, citations, status, subtasks } = report.kind === 'ready' ? report.value : (report.value as RunReport);
  if (deliverable === null) {
    const done = subtasks.filter(({ output }) => output !== null);
    return (
      <Empty title={status === 'running' ? 'Not there yet' : 'No deliverable'}>
        <p>
          {status === 'running'
            ? 'The result appears here once it is accepted.'
            : `${done.length} of ${subtasks.length} subtasks have a result; open one to read it.`}
        </p>
      </Empty>
    );
  }
  return (
    <section className="result" aria-label="Deliverable">
      <div className="list-tools">
        <CopyButton
          label="Copy"
          text={() => (typeof deliverable === 'string' ? deliverable : JSON.stringify(deliverable, null, 2))}
        />
        <CopyButton label="Copy the report as JSON" text={() => JSON.stringify(report.value, null, 2)} />
      </div>
      <ValueText value={deliverable} />
      {citations.length > 0 ? (
        <>
          <h2>Citations</h2>
          <ul className="citations">
            {citations.map(({ file, line, quote }) => (
              <li key={`${file}:${line}:${quote}`}>
                <q>{quote}</q>{' '}
                <code>
                  {file}:{line}
                </code>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </section>
  );
}
