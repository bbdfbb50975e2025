/** Asks the model for a plan in a pattern's own form and reads it while it is being written, like draft-plan.ts its JSON. */
import { PlanwrightError } from '../errors.ts';
import type { DialectReader, PatternTask, PlanDialect } from '../patterns/pattern.ts';
import { checkPlan } from '../plan/check.ts';
import type { Plan, Subtask } from '../plan/plan.ts';
import { countAsked, type DraftedPlan, type DraftPlanOptions, scopeAfter, textCharacters } from './draft-plan.ts';
import { createPlannerStream } from './stream-text.ts';

export interface DraftDialectOptions<Options> extends DraftPlanOptions {
  dialect: PlanDialect<Options>;
  planning: PatternTask<Options>;
}

/** @throws what the model call throws; a bad plan is not thrown but refused. */
export async function draftDialect<Options>(options: DraftDialectOptions<Options>): Promise<DraftedPlan> {
  const { dialect, planning, problems, onElement, team, task } = options;
  // After a crash the last finished call is played again; what it was not told of comes again, the same.
  const soFar = options.soFar.slice(0, await countAsked(options));
  const reader: DialectReader = dialect.read(planning, soFar);
  const subtasks: Subtask[] = [...soFar];
  const enter = (found: readonly Subtask[]): void => {
    for (const subtask of found) {
      subtasks.push(subtask);
      onElement(subtask);
    }
  };
  const stream = createPlannerStream({ ...options, scope: scopeAfter(options.scope, soFar.length) });
  let characters = 0;
  let end: Awaited<ReturnType<typeof stream>>;
  try {
    end = await stream({
      ...dialect.layOut(planning, { soFar, problems }),
      onText: (piece) => {
        characters += piece.length;
        enter(reader.push(piece));
        return characters <= textCharacters && subtasks.length <= team.planner.maxSubtasks;
      },
    });
  } catch (thrown) {
    if (!(thrown instanceof PlanwrightError) || thrown.code !== 'model-output-invalid') throw thrown;
    return { kind: 'refused', problems: [{ code: 'too-large', message: thrown.message }] };
  }
  const rest = reader.end();
  enter(rest.subtasks);
  const found = [...rest.problems];
  if (end === 'cut')
    found.push({ code: 'malformed', message: 'The plan was cut off before its end. Write fewer or shorter steps.' });
  const plan: Plan = {
    version: 1,
    task,
    ...(rest.deliverable === undefined ? {} : { deliverable: rest.deliverable }),
    subtasks,
  };
  if (found.length === 0)
    found.push(...checkPlan(plan, { roles: Object.keys(team.roles), maxSubtasks: team.planner.maxSubtasks }).problems);
  return found.length === 0 ? { kind: 'accepted', plan } : { kind: 'refused', problems: found };
}
