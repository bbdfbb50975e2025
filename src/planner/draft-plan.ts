/** Asks the model for a plan and reads it while it is being written. What it gives is a draft until it has been checked. */
import { checkPlan } from '../plan/check.ts';
import { normalizeElement, readPlannerText } from '../plan/draft.ts';
import { ElementStream } from '../plan/element-stream.ts';
import type { Plan, PlanProblem, Subtask } from '../plan/plan.ts';
import { layOutPlanPrompt } from './prompt.ts';
import { type PlannerOptions, createPlannerStream, plannableRoles } from './stream-text.ts';

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
  const { team, task, problems, onElement } = options;
  const roles = plannableRoles(team);
  const stream = createPlannerStream(options);
  const draft = new Draft(roles, team.planner.maxSubtasks, options.soFar, onElement);
  for (let call = 0; ; call++) {
    const soFar = draft.subtasks;
    const files = options.files === undefined ? {} : { files: options.files };
    const { instructions, prompt } = layOutPlanPrompt({ team, task, soFar, problems, ...files });
    const elements = new ElementStream();
    let text = '';
    const end = await stream({
      schemaName: 'plan',
      instructions,
      prompt,
      onText: (piece) => {
        text += piece;
        for (const element of elements.push(piece)) draft.add(element);
        return !draft.isTooLarge() && text.length < textCharacters;
      },
    });
    const isWhole = draft.finish(text, soFar.length) && end === 'finished';
    if (isWhole || end === 'stopped' || call === continuations || draft.subtasks.length === soFar.length) {
      return judge(draft, task, { roles, maxSubtasks: team.planner.maxSubtasks }, isWhole || end === 'stopped');
    }
  }
}

/** An endless answer is cut here. */
const textCharacters = 2_000_000;

function judge(draft: Draft, task: string, options: { roles: string[]; maxSubtasks: number }, isWhole: boolean): DraftedPlan {
  const problems = [...draft.problems];
  if (!isWhole) problems.push({ code: 'malformed', message: 'The plan was cut off before its end. Write fewer or shorter subtasks.' });
  const plan: Plan = {
    version: 1,
    task,
    ...(draft.deliverable === undefined ? {} : { deliverable: draft.deliverable }),
    subtasks: draft.subtasks,
  };
  const check = checkPlan({ ...plan, subtasks: draft.all() }, options);
  if (draft.subtasks.length > 0 || problems.length === 0) problems.push(...check.problems.filter((problem) => !isKnown(problems, problem)));
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

  constructor(roles: string[], most: number, soFar: Subtask[], onElement: (subtask: Subtask) => void) {
    this.#roles = roles;
    this.#most = most;
    this.#onElement = onElement;
    this.subtasks = [...soFar];
    for (const subtask of soFar) this.#known.set(subtask.id, JSON.stringify(subtask));
  }

  add(elementText: string): void {
    this.#seen += 1;
    if (this.isTooLarge()) return;
    const read = readPlannerText(`[${elementText}]`);
    const raw = 'problem' in read ? undefined : read.elements[0];
    if (raw === undefined) this.problems.push({ code: 'malformed', message: `Subtask ${this.#seen} is not readable JSON.`, path: `subtasks.${this.#seen - 1}` });
    else this.#enter(raw);
  }

  /** Reads what the stream did not recognize, and the deliverable. False when the text is only part of a plan. */
  finish(text: string, before: number): boolean {
    const read = readPlannerText(text);
    if ('problem' in read) {
      if (this.subtasks.length === before) this.problems.push(read.problem);
      return this.subtasks.length === before;
    }
    if (this.#seen === 0) for (const raw of read.elements) this.#enter(raw);
    this.deliverable ??= read.deliverable === '' ? undefined : read.deliverable;
    return read.truncated !== true;
  }

  isTooLarge(): boolean {
    return this.#seen > this.#most;
  }

  /** What the check has to see: too many elements are shown to it as they are. */
  all(): unknown[] {
    return this.isTooLarge() ? Array.from({ length: this.#seen }, (_, at) => this.subtasks[at] ?? null) : this.subtasks;
  }

  #enter(raw: unknown): void {
    const normalized = normalizeElement(raw, this.#roles);
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
