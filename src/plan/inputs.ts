/** What a plan wants to be told before it runs: `{placeholders}` by name, filled once and nowhere else. */
import { PlanwrightError } from '../errors.ts';
import { fillPlaceholders } from './placeholders.ts';
import type { Plan } from './plan.ts';
import { listNames, quoteText } from './quote-value.ts';

/** @throws {PlanwrightError} `usage` when the plan names inputs that nothing has filled. */
export function refuseOpenInputs({ inputs = [] }: Plan): void {
  refuseOpen(inputs);
}

function refuseOpen(inputs: readonly string[]): void {
  if (inputs.length === 0) return;
  throw new PlanwrightError('usage', `The plan needs ${listNames(inputs)}. Give each: --input ${inputs[0]}=VALUE.`, {
    details: { inputs },
  });
}

/**
 * The plan with the values of its inputs in its task and instructions, in one pass: a value is not searched again.
 * @returns the plan without `inputs`, and what fills any other text in the same way: a team's, see fillTeam.
 * @throws {PlanwrightError} `usage`: a value for what is no input of the plan, or an input without one.
 */
export function fillInputs(
  { inputs = [], ...plan }: Plan,
  values: Readonly<Record<string, string>>,
): { plan: Plan; fill: (text: string) => string } {
  for (const name of Object.keys(values)) {
    if (inputs.includes(name)) continue;
    const known = inputs.length === 0 ? 'It has none.' : `Its inputs: ${listNames(inputs)}.`;
    throw new PlanwrightError('usage', `The plan has no input ${quoteText(name)}. ${known}`);
  }
  refuseOpen(inputs.filter((name) => !Object.hasOwn(values, name)));
  const given = new Map(Object.entries(values));
  const fill = (text: string): string => fillPlaceholders(text, given);
  const subtasks = plan.subtasks.map((subtask) => ({ ...subtask, instruction: fill(subtask.instruction) }));
  return { plan: { ...plan, task: fill(plan.task), subtasks }, fill };
}
