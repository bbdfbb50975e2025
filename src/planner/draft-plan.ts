/** Asks the model for a plan and reads it while it is being written. What it gives is a draft until it has been checked. */
import { PlanwrightError } from '../errors.ts';
import { modelCallKey } from '../ids.ts';
import type { CallScope } from '../model/call-record.ts';
import { checkPlan } from '../plan/check.ts';
import { normalizeElement, readPlannerText } from '../plan/draft.ts';
import { ElementStream, type StreamEnd } from '../plan/element-stream.ts';
import type { Plan, PlanProblem, Subtask } from '../plan/plan.ts';
import { layOutPlanPrompt } from './prompt.ts';
import { createPlannerStream, type PlannerOptions } from './stream-text.ts';

export interface DraftPlanOptions extends PlannerOptions {
  /** Elements of this attempt that are journaled already: the planner is asked for the rest. */
  soFar: Subtask[];
  /** Why the draft before was refused. */
  problems: PlanProblem[];
  /** Gets each element that is valid by itself, as soon as it is whole. */
  onElement: (subtask: Subtask) => void;
}

export type DraftedPlan = { kind: 'accepted'; plan: Plan } | { kind: 'refused'; problems: PlanProblem[] };

/** A plan that was cut off is continued once within its attempt. */
const continuations = 1;

/** @throws what the model call throws; a bad plan is not thrown but refused. */
export async function draftPlan(options: DraftPlanOptions): Promise<DraftedPlan> {
  try {
    return await readDraft(options);
  } catch (thrown) {
    // An answer that no call may have, an endless one say, is a bad plan like any other: the planner is told.
    if (!(thrown instanceof PlanwrightError) || thrown.code !== 'model-output-invalid') throw thrown;
    return { kind: 'refused', problems: [{ code: 'too-large', message: thrown.message }] };
  }
}

async function readDraft(options: DraftPlanOptions): Promise<DraftedPlan> {
  const { team, task, problems, onElement } = options;
  const roles = Object.keys(team.roles);
  const known = await countAsked(options);
  const draft = new Draft(roles, team.planner.maxSubtasks, options.soFar.slice(0, known), onElement);
  for (let call = 0; ; call++) {
    const soFar = [...draft.subtasks];
    const stream = createPlannerStream({ ...options, scope: scopeAfter(options.scope, soFar.length) });
    const files = options.files === undefined ? {} : { files: options.files };
    const { instructions, prompt } = layOutPlanPrompt({ team, task, soFar, problems, ...files });
    const elements = new ElementStream();
    let text = '';
    const end = await stream({
      schema: { name: 'plan', ids: soFar.length === 0 ? 'new' : 'any' },
      instructions,
      prompt,
      onText: (piece) => {
        text += piece;
        for (const element of elements.push(piece)) draft.add(element);
        if (text.length > textCharacters)
          draft.refuse(`The answer has more than ${textCharacters} characters. Write a shorter plan.`);
        return !draft.isTooLarge();
      },
    });
    const isWhole = end === 'stopped' || (draft.finish(elements.end(), text) && end === 'finished');
    if (isWhole || call === continuations || draft.subtasks.length === soFar.length) {
      return judge(draft, task, { roles, maxSubtasks: team.planner.maxSubtasks }, isWhole);
    }
  }
}

/** The call that is told of n elements has a key of its own: `@plan`, then `@plan.n`. */
export function scopeAfter(scope: CallScope, n: number): CallScope {
  return n === 0 ? scope : { ...scope, subtaskId: `${scope.subtaskId}.${n}` };
}

/**
 * After a crash the last finished call is played again from its record instead of being made anew: it was told of so
 * many elements. When none had finished, the planner is told of all there are.
 */
export async function countAsked({ soFar, scope, store }: Pick<DraftPlanOptions, 'soFar' | 'scope' | 'store'>): Promise<number> {
  for (let n = soFar.length; n >= 0 && soFar.length > 0; n--) {
    const call = await store.findCall(modelCallKey(scopeAfter(scope, n), 1));
    if (call?.outcome === 'succeeded') return n;
  }
  return soFar.length;
}

/** An endless answer is cut here. */
export const textCharacters = 1_000_000;

function judge(draft: Draft, task: string, options: { roles: string[]; maxSubtasks: number }, isWhole: boolean): DraftedPlan {
  const problems = [...draft.problems];
  if (!isWhole)
    problems.push({ code: 'malformed', message: 'The plan was cut off before its end. Write fewer or shorter subtasks.' });
  const plan: Plan = {
    version: 1,
    task,
    ...(draft.deliverable === undefined ? {} : { deliverable: draft.deliverable }),
    subtasks: draft.subtasks,
  };
  const check = checkPlan({ ...plan, subtasks: draft.all() }, options);
  if (draft.subtasks.length > 0 || problems.length === 0)
    problems.push(...check.problems.filter((problem) => !isKnown(problems, problem)));
  return problems.length === 0 ? { kind: 'accepted', plan } : { kind: 'refused', problems };
}

function isKnown(problems: PlanProblem[], { code, subtaskId }: PlanProblem): boolean {
  return problems.some((known) => known.code === code && known.subtaskId === subtaskId);
}

/** The elements of one attempt as they come: the valid ones are passed on at once. */
class Draft {
  readonly subtasks: Subtask[];
  readonly problems: PlanProblem[] = [];
  deliverable: string | undefined;
  readonly #roles: string[];
  readonly #most: number;
  readonly #known = new Map<string, string>();
  readonly #onElement: (subtask: Subtask) => void;
  #seen = 0;
  #isEndless = false;

  constructor(roles: string[], most: number, soFar: Subtask[], onElement: (subtask: Subtask) => void) {
    this.#roles = roles;
    this.#most = most;
    this.#onElement = onElement;
    this.subtasks = [...soFar];
    for (const subtask of soFar) this.#known.set(subtask.id, JSON.stringify(subtask));
  }

  /** `elementText` is valid JSON. */
  add(elementText: string): void {
    if (!this.isTooLarge()) this.#enter(JSON.parse(elementText));
  }

  /** Reads what the stream did not recognize, and the deliverable. False when the text is only part of a plan. */
  finish(end: StreamEnd, text: string): boolean {
    if (end.complete) {
      this.#name(end.deliverable);
      return true;
    }
    const read = readPlannerText(text);
    if (read.kind === 'problem') {
      this.problems.push(read.problem);
      return true;
    }
    // Elements that the stream has given out already come again: the same text is entered once.
    this.#seen = 0;
    for (const raw of read.elements) this.#enter(raw);
    this.#name(read.deliverable);
    return !read.truncated;
  }

  refuse(message: string): void {
    this.problems.push({ code: 'too-large', message });
    this.#isEndless = true;
  }

  isTooLarge(): boolean {
    return this.#isEndless || this.#seen > this.#most;
  }

  /** What the check has to see: too many elements are shown to it as they are. */
  all(): unknown[] {
    return this.#seen > this.#most ? Array.from({ length: this.#seen }, (_, at) => this.subtasks[at] ?? null) : this.subtasks;
  }

  #name(deliverable: string | undefined): void {
    if (deliverable !== undefined && deliverable !== '') this.deliverable ??= deliverable;
  }

  #enter(raw: unknown): void {
    this.#seen += 1;
    if (this.isTooLarge()) return;
    const normalized = normalizeElement(raw, this.#roles, this.#seen - 1);
    if (normalized.kind === 'problem') {
      this.problems.push(normalized.problem);
      return;
    }
    const { subtask } = normalized;
    const text = JSON.stringify(subtask);
    const known = this.#known.get(subtask.id);
    if (known === text) return;
    if (known !== undefined) {
      const message = `Two subtasks are called "${subtask.id}". Give each its own id.`;
      this.problems.push({ code: 'duplicate-id', message, subtaskId: subtask.id });
      return;
    }
    this.#known.set(subtask.id, text);
    this.subtasks.push(subtask);
    if (!subtask.dependsOn.includes(subtask.id)) this.#onElement(subtask);
  }
}
