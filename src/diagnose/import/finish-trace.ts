/** The last step of every importer: what is too long is cut, what is not told is filled in. */
import { PlanwrightError, type SourceLocation } from '../../errors.ts';
import { maxSteps, type Trace, type TraceStep } from '../trace.ts';

/** Of all texts of a trace that are looked at, so that the time for one is bounded. */
const maxTotalCharacters = 8_000_000;
const maxTextCharacters = 20_000;
const minTextCharacters = 400;

export type DraftStep = Partial<TraceStep> & Pick<TraceStep, 'number' | 'kind' | 'agent'>;

export interface TraceDraft extends Partial<Omit<Trace, 'steps' | 'id' | 'layout'>> {
  id: string;
  layout: Trace['layout'];
  steps: readonly DraftStep[];
}

/** @throws {PlanwrightError} `usage` for a trace without steps or with more than 100,000. */
export function finishTrace(draft: TraceDraft, location: SourceLocation): Trace {
  const place = [location.file, location.line].filter((part) => part !== undefined).join(':');
  if (draft.steps.length === 0) {
    throw new PlanwrightError('usage', `${place}: the trace "${draft.id}" has no steps.`, { location });
  }
  if (draft.steps.length > maxSteps) {
    const most = maxSteps.toLocaleString('en-US');
    throw new PlanwrightError(
      'usage',
      `${place}: the trace "${draft.id}" has ${draft.steps.length.toLocaleString('en-US')} steps; at most ${most} are read.`,
      { location },
    );
  }
  const most = Math.max(minTextCharacters, Math.min(maxTextCharacters, Math.floor(maxTotalCharacters / draft.steps.length)));
  const steps = draft.steps.map((step) => finishStep(step, most));
  const { id, layout } = draft;
  return {
    id: id.slice(0, 300),
    layout,
    task: cut(draft.task ?? steps.find(({ kind }) => kind === 'request')?.text ?? '', most),
    steps,
    agents: draft.agents ?? new Map(),
    tools: draft.tools ?? null,
    outcome: draft.outcome ?? 'unknown',
    ending: draft.ending ?? { kind: 'unknown', detail: '' },
    work: draft.work ?? null,
    known: draft.known ?? null,
  };
}

function finishStep(step: DraftStep, most: number): TraceStep {
  const { number, kind, agent, to = null, text = '', calls = [], result = null } = step;
  return {
    number,
    kind,
    agent: agent.slice(0, 200),
    to: to === null ? null : to.slice(0, 200),
    text: cut(text, most),
    calls: calls.slice(0, 128).map((call) => ({ ...call, tool: call.tool.slice(0, 200), input: cut(call.input, most) })),
    result,
  };
}

/** Beginning and end, and how much lies between: texts that differ in length stay different. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const head = Math.floor(most * 0.7);
  const tail = most - head;
  return `${text.slice(0, head)}\n[… ${text.length - most} characters …]\n${text.slice(-tail)}`;
}
