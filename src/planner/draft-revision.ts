/** Asks the model for what takes the place of a plan's frozen part. A bad revision is sent back once. */
import { PlanwrightError } from '../errors.ts';
import type { ReplanCause } from '../events.ts';
import { normalizeElement, readPlannerText } from '../plan/draft.ts';
import type { PlanProblem, Subtask } from '../plan/plan.ts';
import { checkRevision } from '../plan/revision.ts';
import type { FixedSubtask } from '../schedule/command.ts';
import { layOutReplanPrompt } from './prompt.ts';
import { createPlannerStream, type PlannerOptions } from './stream-text.ts';

export interface DraftRevisionOptions extends PlannerOptions {
  cause: ReplanCause;
  frozen: Subtask[];
  fixed: FixedSubtask[];
  /** Every id the run has had. */
  usedIds: string[];
}

export interface Revision {
  add: Subtask[];
  deliverable?: string;
}

/** @throws {PlanwrightError} `plan-invalid` when the second try is no better; what the model call throws. */
export async function draftRevision(options: DraftRevisionOptions): Promise<Revision> {
  const { team, task, cause, frozen, fixed, usedIds } = options;
  const stream = createPlannerStream(options);
  const files = options.files === undefined ? {} : { files: options.files };
  let problems: PlanProblem[] = [];
  for (let attempt = 0; attempt <= team.planner.repairs; attempt++) {
    const prompt = layOutReplanPrompt({ team, task, cause, frozen, fixed, usedIds, problems, ...files });
    let text = '';
    await stream({
      ...prompt,
      schema: { name: 'revision', ids: 'any' },
      onText: (piece) => {
        text += piece;
        return text.length < 2_000_000;
      },
    });
    const read = readRevision(text, options);
    if (read.problems.length === 0) return read.revision;
    problems = read.problems;
  }
  const [first] = problems;
  throw new PlanwrightError('plan-invalid', `The planner gave no valid revision. ${first?.message ?? ''}`, {
    details: { problems },
  });
}

function readRevision(
  text: string,
  { team, fixed, usedIds }: DraftRevisionOptions,
): { revision: Revision; problems: PlanProblem[] } {
  const roles = Object.keys(team.roles);
  const read = readPlannerText(text);
  if (read.kind === 'problem') return { revision: { add: [] }, problems: [read.problem] };
  const problems: PlanProblem[] = [];
  if (read.truncated) problems.push({ code: 'malformed', message: 'The revision was cut off before its end.' });
  const add: Subtask[] = [];
  for (const raw of read.elements) {
    const normalized = normalizeElement(raw, roles, add.length);
    if (normalized.kind === 'subtask') add.push(normalized.subtask);
    else problems.push(normalized.problem);
  }
  const deliverable = read.deliverable === '' ? undefined : read.deliverable;
  const fixedIds = new Set(fixed.map(({ subtask }) => subtask.id));
  const checked = checkRevision({
    add,
    fixedIds,
    usedIds: new Set(usedIds),
    roles,
    maxSubtasks: team.planner.maxSubtasks,
    ...(deliverable === undefined ? {} : { deliverable }),
  });
  problems.push(...checked);
  return { revision: deliverable === undefined ? { add } : { add, deliverable }, problems };
}
