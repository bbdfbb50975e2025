/** What people, models and tools wrote, as attributes of the spans of a run. Read only where content is captured. */
import { handOverTo } from '../../engine/hand-over-results.ts';
import type { AttemptOutcome, StoredValue, Verdict } from '../../events.ts';
import { layOutContext, textOf } from '../../execute/context.ts';
import type { TextRedactor } from '../../redact/redactor.ts';
import type { Command } from '../../schedule/command.ts';
import type { RunState } from '../../schedule/state.ts';
import { findRole } from '../../team/find-role.ts';
import type { Team } from '../../team/team.ts';
import { asMessage } from './call-spans.ts';
import { genAi, planwright } from './conventions.ts';
import type { ContentStore, SpanAttributes, SpanContent, TraceSpan } from './trace-span.ts';

type ReadContent = NonNullable<TraceSpan['readContent']>;

/** Of one attribute. */
const mostCharacters = 100_000;

/** As it may be sent: redacted, and no text too long. */
export function cleanContent({ attributes, message }: SpanContent, redactor?: TextRedactor): SpanContent {
  const clean = (text: string): string => (redactor === undefined ? text : redactor.text(text)).slice(0, mostCharacters);
  const cleaned: SpanAttributes = {};
  for (const [name, value] of Object.entries(attributes)) cleaned[name] = typeof value === 'string' ? clean(value) : value;
  return { attributes: cleaned, ...(message === undefined ? {} : { message: clean(message) }) };
}

export function messageOf(message: string): ReadContent {
  return () => Promise.resolve({ attributes: {}, message });
}

export function contentOfRun(run: { task: string; deliverable: StoredValue | null; detail: string | undefined }): ReadContent {
  return async (store) => ({
    attributes: { [genAi.inputMessages]: asMessage('user', run.task), ...(await outputOf(store, run.deliverable)) },
    ...(run.detail === undefined ? {} : { message: run.detail }),
  });
}

/** Requests are journaled as hashes: the prompt is laid out again from what was handed over, less a form that the answer must have. */
export function contentOfAttempt(attempt: {
  team: Team;
  state: RunState;
  started: Extract<Command, { kind: 'start' }> | undefined;
  outcome: AttemptOutcome;
}): ReadContent {
  const { outcome } = attempt;
  return async (store) => ({
    attributes: {
      ...(await promptOf(store, attempt)),
      ...(await outputOf(store, outcome.kind === 'succeeded' ? outcome.output : null)),
    },
    ...(outcome.kind === 'failed' ? { message: outcome.error.message } : {}),
  });
}

export function contentOfVerdict(verdict: Verdict): ReadContent {
  const evidence = verdict.evidence.map(({ check, passed, detail }) => ({ check, passed, detail }));
  return () =>
    Promise.resolve({
      attributes: {
        [planwright.evidence]: JSON.stringify(evidence),
        ...(verdict.kind === 'accepted' ? {} : { [planwright.reason]: verdict.reason }),
      },
    });
}

async function promptOf(
  store: ContentStore,
  { team, state, started }: { team: Team; state: RunState; started: Extract<Command, { kind: 'start' }> | undefined },
): Promise<SpanAttributes> {
  const role = started === undefined ? undefined : findRole(team, started.role);
  if (started === undefined || role === undefined) return {};
  const { feedback, assumptions } = started;
  const ownAssumptions = started.subtask.assumes?.filter((assumption) => typeof assumption === 'string') ?? [];
  const handed = await handOverTo({ store }, { state }, started);
  const { instructions, prompt } = layOutContext({
    role,
    task: state.task,
    ...handed,
    ...(feedback === undefined ? {} : { feedback }),
    ...(ownAssumptions.length === 0 ? {} : { ownAssumptions }),
    ...(assumptions === undefined ? {} : { assumptions }),
  });
  return {
    [genAi.systemInstructions]: JSON.stringify([{ type: 'text', content: instructions }]),
    [genAi.inputMessages]: asMessage('user', prompt),
  };
}

async function outputOf(store: ContentStore, output: StoredValue | null): Promise<SpanAttributes> {
  return output === null ? {} : { [genAi.outputMessages]: asMessage('assistant', textOf(await store.getValue(output))) };
}
