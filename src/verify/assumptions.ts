/** Assumptions that later work made about a result, tested without a model once the result is there. */
import type { Contradiction } from '../events.ts';
import type { Json } from '../json.ts';
import type { Assumption } from '../plan/plan.ts';
import { evaluatePredicate } from '../plan/predicate.ts';
import { assumptionText } from '../schedule/assumption-text.ts';
import { textOf } from './verifier.ts';

/** Those that do not hold, each once. Sentences are for executors to judge and are left out. */
export function findContradictedAssumptions(output: Json, assumptions: readonly Assumption[]): Contradiction[] {
  const text = textOf(output);
  const found = new Map<string, Contradiction>();
  for (const assumption of assumptions) {
    if (typeof assumption === 'string') continue;
    const broken = evaluatePredicate(assumption.holds, text);
    const words = assumptionText(assumption);
    if (broken !== null) found.set(words, { assumption: words, evidence: `The result of "${assumption.subtask}": ${broken}` });
  }
  return [...found.values()];
}
