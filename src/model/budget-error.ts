import { PlanwrightError } from '../errors.ts';
import type { ModelSpec } from './model.ts';
import type { BudgetName } from './shared-limits.ts';

export interface SpentBudget {
  name: BudgetName;
  limit: number;
  spent: number;
  needed: number;
  model: ModelSpec;
  /** The sub-team whose part of a budget it is. Absent: the run's own budget. */
  shareOf?: string;
}

/** `budget-spent`, or `share-spent` for a sub-team's part. */
export function budgetSpentError({ name, limit, spent, needed, model, shareOf }: SpentBudget): PlanwrightError {
  const details = { limit: name, limitAmount: limit, spent, needed };
  if (shareOf !== undefined) {
    return new PlanwrightError(
      'share-spent',
      `The sub-team "${shareOf}" has used ${showAmount(name, spent)} of its ${showAmount(name, limit)}, and the next call of ${model} may need ${showAmount(name, needed)}. Raise its limits.${name} or its share.`,
      { details },
    );
  }
  const flag = { calls: 'limits.calls', tokens: '--budget-tokens', usd: '--budget-usd' }[name];
  return new PlanwrightError(
    'budget-spent',
    `The budget of ${showAmount(name, limit)} is spent: ${showAmount(name, spent)} used, and the next call of ${model} may need ${showAmount(name, needed)}. Raise ${flag}.`,
    { details },
  );
}

function showAmount(name: BudgetName, value: number): string {
  return name === 'usd' ? `$${Number(value.toPrecision(4))}` : `${value} ${name}`;
}
