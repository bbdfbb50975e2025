/**
 * 2.6: an agent announces one thing and does another in the same message: it names one id and calls with another of the same form, or
 * names a tool and calls only others. What an agent concludes and does later, a model has to weigh.
 */
import { detected, type Finding, quote } from '../finding.ts';
import { listSentences } from '../reading/words.ts';
import type { Trace, TraceStep } from '../trace.ts';

const announcing =
  /\b(?:i(?:'ll| will|'m going to| am going to| should| need to| must)|let me|let's|we(?:'ll| will| should| need to)|now|next|therefore|so)\b/i;
const idPattern = /(?<![\w-])#?(?=[\w-]{0,40}\d)(?:[A-Za-z]{1,12}[-_]?\d[\w-]{0,40}|\d{4,20})(?![\w-])/g;

export function detectReasoningActionMismatch(trace: Trace): Finding[] {
  const tools = new Set(
    [...(trace.tools ?? []), ...trace.steps.flatMap(({ calls }) => calls.map(({ tool }) => tool))].filter((tool) =>
      /[_-]|\p{Ll}\p{Lu}/u.test(tool),
    ),
  );
  const acts = trace.steps.filter(({ kind, calls }) => kind === 'message' && calls.length > 0);
  return acts.flatMap((step, at) => {
    const found = findOtherId(step) ?? findOtherTool(step, acts[at + 1], tools);
    return found === null ? [] : [found];
  });
}

function findOtherId(step: TraceStep): Finding | null {
  const sentence = listSentences(step.text.slice(-2000)).findLast((one) => announcing.test(one) && idsOf(one).size > 0);
  if (sentence === undefined) return null;
  const announced = idsOf(sentence);
  const [id = ''] = announced;
  if (announced.size !== 1) return null;
  const all = step.calls.map(({ input }) => input).join('\n');
  const acted = [...idsOf(all)];
  const others = acted.filter((other) => formOf(other) === formOf(id));
  if (others.length === 0 || acted.includes(id) || all.toLowerCase().includes(id.replace(/^#/, ''))) return null;
  // An id that the message names elsewhere is no slip.
  if (others.some((other) => step.text.toLowerCase().includes(other))) return null;
  return detected('2.6', {
    at: step,
    confidence: 0.75,
    evidence: `step ${step.number}: ${step.agent} announces ${quote(sentence, 120)} and calls ${step.calls[0]?.tool ?? ''} with ${quote(others.slice(0, 3).join(', '))}`,
  });
}

function idsOf(text: string): Set<string> {
  return new Set(Array.from(text.slice(0, 4000).matchAll(idPattern), ([id]) => id.toLowerCase()));
}

/** `HB-11` and `HB-12` have one form: letters as they are, digits by their number. */
function formOf(id: string): string {
  return id.replace(/^#/, '').replace(/\d/g, '9');
}

function findOtherTool(step: TraceStep, next: TraceStep | undefined, tools: ReadonlySet<string>): Finding | null {
  const called = new Set(step.calls.map(({ tool }) => tool));
  for (const sentence of listSentences(step.text.slice(-2000))) {
    if (!announcing.test(sentence) || /\b(?:instead of|rather than|not|n't|after|before|then|once|first|later)\b/i.test(sentence))
      continue;
    const named = [...new Set(sentence.match(/[\w-]+/g))].filter((word) => tools.has(word));
    const [tool] = named;
    if (tool === undefined || named.some((one) => called.has(one))) continue;
    if (next?.agent === step.agent && next.calls.some((call) => call.tool === tool)) continue;
    return detected('2.6', {
      at: step,
      confidence: 0.7,
      evidence: `step ${step.number}: ${step.agent} announces ${quote(sentence, 120)} and calls ${[...called].join(', ')}`,
    });
  }
  return null;
}
