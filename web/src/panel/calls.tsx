/** Each call of an attempt to a model or a tool: when, how much, what went in and what came back. */
import type { JournaledCall, Json } from 'planwright/browser';
import { formatCount, formatDuration, formatNumber, formatUsd } from '../shared/figures.ts';

export function Calls({ calls }: { calls: readonly JournaledCall[] }) {
  const models = calls.filter(({ kind }) => kind === 'model').length;
  return (
    <details className="calls">
      <summary>
        {formatNumber(models, 'model call')}, {formatNumber(calls.length - models, 'tool call')}
      </summary>
      <ol>
        {calls.map((call) => (
          <li key={call.key}>
            <details>
              <summary>
                <span className="call-kind">{call.kind === 'model' ? 'model' : 'tool'}</span> {call.name}
                {call.purpose === 'execute' ? '' : ` · ${call.purpose}`} · {formatDuration(call.endedMs - call.startedMs)}
                {call.kind === 'model' ? ` · ${formatCount(call.inputTokens)} in, ${formatCount(call.outputTokens)} out` : ''}
                {call.outcome === 'succeeded' ? '' : <strong className="failed-word"> {call.outcome}</strong>}
              </summary>
              <CallBody call={call} />
            </details>
          </li>
        ))}
      </ol>
    </details>
  );
}

function CallBody({ call }: { call: JournaledCall }) {
  return (
    <div className="call-body">
      {call.kind === 'model' ? (
        <p className="quiet">
          {formatUsd(call.costUsd)}, {formatCount(call.cachedInputTokens)} tokens from the cache
          {call.estimated === true ? ', counts estimated' : ''}
        </p>
      ) : null}
      {call.error === null ? null : <p className="failure-line">{call.error}</p>}
      {call.input === null ? null : <Part title="Input" value={call.input} />}
      {call.response === null ? null : <Part title="Answer" value={call.response} />}
      <p className="quiet">
        Key <code>{call.key}</code>
      </p>
    </div>
  );
}

function Part({ title, value }: { title: string; value: Json }) {
  return (
    <>
      <h6>{title}</h6>
      <pre className="text">{typeof value === 'string' ? value : JSON.stringify(value, null, 2)}</pre>
    </>
  );
}
