/** From what a planner wrote to a draft. Notation is mended; meaning is not guessed: then a problem goes back to the planner. */
import { findPlan, looksLikeSubtask, type PlanParts } from './find-plan.ts';
import { readLooseJson } from './loose-json.ts';
import type { PlanProblem, ProblemCode } from './plan.ts';
import { describeValue, quoteText } from './quote-value.ts';

export { type NormalizedElement, normalizeElement } from './normalize-element.ts';

export interface PlannerDraft {
  kind: 'draft';
  /** Raw: each goes through normalizeElement. Of a truncated text only the elements that are whole. */
  elements: unknown[];
  deliverable?: string;
  /** What was mended, in words; empty for a text that is nothing but valid JSON. */
  repairs: string[];
  /** The text ended before the plan did: not to be taken for a whole plan. */
  truncated: boolean;
}

export type PlannerText = PlannerDraft | { kind: 'problem'; problem: PlanProblem };

/** In UTF-16 units. */
export const maxPlannerTextLength = 4_000_000;
/** What the search for a plan may cost in characters read, the ones read in vain included: so much, and so many times the text. */
const effortBase = 100_000;
const effortPerCharacter = 8;
/** The cost of a reading in vain besides its characters. */
const effortPerStart = 200;

interface Candidate extends PlanParts {
  repairs: string[];
  truncated: boolean;
}

/**
 * Finds the plan in a planner's answer: JSON with or without prose, code fence or `<think>` section around it.
 * Never throws; linear in the text.
 */
export function readPlannerText(text: string): PlannerText {
  if (text.length > maxPlannerTextLength) {
    return refuse(
      'too-large',
      `The answer has ${text.length} characters; at most ${maxPlannerTextLength} are read. Write a shorter plan.`,
    );
  }
  const strict = parseWhole(text);
  if (strict !== null) return toDraft({ ...strict, repairs: [], truncated: false });
  const { plans, broken, single } = collectCandidates(text);
  const [first] = plans;
  if (first === undefined) return single === null ? refuse('malformed', explainAbsence(text, broken)) : toDraft(single);
  const other = plans.find((plan) => JSON.stringify(plan.elements) !== JSON.stringify(first.elements));
  return other === undefined ? toDraft(first) : refuse('malformed', 'The answer holds more than one plan. Write exactly one.');
}

function explainAbsence(text: string, broken: Broken | null): string {
  const form = 'Write JSON of the form {"subtasks": [{"id": …, "role": …, "instruction": …, "dependsOn": []}]}.';
  if (broken === null) return `The answer holds no plan: ${quoteText(text.trim(), 80)}. ${form}`;
  return `The answer's JSON cannot be read at ${quoteText(text.slice(broken.at, broken.at + 40))}: ${broken.message}. ${form}`;
}

function parseWhole(text: string): PlanParts | null {
  try {
    return findPlan(JSON.parse(text));
  } catch {
    return null;
  }
}

interface Broken {
  /** Offset of what could not be read. */
  at: number;
  message: string;
}

interface Candidates {
  plans: Candidate[];
  /** The reading in vain that came furthest. */
  broken: Broken | null;
  /** Subtasks that stand one after another without a list around them. */
  single: Candidate | null;
}

function collectCandidates(text: string): Candidates {
  const plans: Candidate[] = [];
  let broken: Broken | null = null;
  const single: Candidate = { elements: [], repairs: ['put a list around the subtasks'], truncated: false };
  let effort = effortBase + effortPerCharacter * text.length;
  let at = 0;
  for (let start = findStart(text, at); start !== -1 && effort > 0; start = findStart(text, at)) {
    const read = readLooseJson(text, start);
    if (read.kind === 'unreadable') {
      effort -= effortPerStart + read.at - start;
      if (broken === null || read.at > broken.at) broken = { at: read.at, message: read.message };
      at = start + 1;
      continue;
    }
    at = read.end;
    // A list inside a larger whole that cannot be read may be less than was meant.
    if (broken !== null && start < broken.at) continue;
    const parts = findPlan(read.value);
    if (parts !== null) {
      const around = start > 0 || text.slice(read.end).trim() !== '' ? ['removed the text around the JSON'] : [];
      const elements = dropCut(parts.elements, read.cut);
      plans.push({ ...parts, elements, repairs: [...around, ...read.repairs], truncated: read.truncated });
    } else if (isWholeSubtask(read.value) || single.elements.length > 0) {
      single.truncated ||= read.truncated;
      single.repairs.push(...read.repairs);
      if (!read.truncated) single.elements.push(read.value);
    }
  }
  // An empty bare list is a plan only when nothing else is.
  const filled = plans.filter((plan) => plan.elements.length > 0 || plan.truncated || plan.key !== undefined);
  // Something unreadable between them may have been one more.
  const isSingle = broken === null && (single.elements.length > 0 || single.truncated);
  return { plans: filled.length > 0 ? filled : plans, broken, single: isSingle ? single : null };
}

/** The next bracket outside a `<think>` section; -1 at the end. */
function findStart(text: string, from: number): number {
  const interesting = /[{[]|<think/g;
  interesting.lastIndex = from;
  for (let found = interesting.exec(text); found !== null; found = interesting.exec(text)) {
    if (found[0] !== '<think') return found.index;
    const close = text.indexOf('</think', found.index);
    if (close === -1) return -1;
    interesting.lastIndex = close;
  }
  return -1;
}

/** Only the last element can be one that the text's end cut through. */
function dropCut(elements: unknown[], cut: ReadonlySet<object>): unknown[] {
  const last = elements.at(-1);
  return typeof last === 'object' && last !== null && cut.has(last) ? elements.slice(0, -1) : elements;
}

function isWholeSubtask(value: unknown): boolean {
  return looksLikeSubtask(value) && Object.hasOwn(Object(value), 'id') && Object.hasOwn(Object(value), 'instruction');
}

function toDraft({ elements, deliverable, key, repairs, truncated }: Candidate): PlannerText {
  const named = readDeliverable(deliverable);
  if (named === null) {
    return {
      kind: 'problem',
      problem: {
        code: 'malformed',
        message: `deliverable: expected a subtask's id, got ${describeValue(deliverable)}.`,
        path: 'deliverable',
      },
    };
  }
  const renamed = key === undefined || key === 'subtasks' ? [] : [`took "${key}" for the subtasks`];
  return {
    kind: 'draft',
    elements,
    ...(named === '' ? {} : { deliverable: named }),
    repairs: [...new Set([...repairs, ...renamed])],
    truncated,
  };
}

/** '' when there is none, null when it cannot be an id. */
function readDeliverable(value: unknown): string | null {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value.trim();
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : null;
}

function refuse(code: ProblemCode, message: string): PlannerText {
  return { kind: 'problem', problem: { code, message } };
}
