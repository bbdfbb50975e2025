/** Held-out checks that need no model, on a deliverable: whether it answers the task. */
import type { Json } from '../json.ts';
import { evaluatePredicate } from '../plan/predicate.ts';
import { quoteText } from '../plan/quote-value.ts';
import { checkSchema } from '../verify/schema-check.ts';
import type { CheckOutcome } from '../verify/verdict-parts.ts';
import { textOf } from '../verify/verifier.ts';
import type { AnswerCheck } from './comparison-task.ts';
import { findNumber } from './find-number.ts';

/** `undecided` only where a schema takes too long to be checked. */
export function checkAnswer(check: AnswerCheck, deliverable: Json): CheckOutcome {
  switch (check.kind) {
    case 'exact': {
      const fold = (text: string): string => {
        const folded = check.trim ? text.trim().replace(/\s+/gu, ' ') : text;
        return (check.ignoreCase ? folded.toLowerCase() : folded).normalize('NFC');
      };
      const isSame = fold(textOf(deliverable)) === fold(check.value);
      return say(isSame, isSame ? 'It is the expected text.' : `It is not ${quoteText(check.value)}.`);
    }
    case 'regex': {
      const broken = evaluatePredicate({ matches: check.pattern }, textOf(deliverable));
      return say(broken === null, broken ?? 'The expression finds a match.');
    }
    case 'number':
      return checkNumber(check, textOf(deliverable));
    case 'schema':
      return checkSchema(deliverable, check.schema);
    case 'predicate': {
      const { kind: _, ...predicate } = check;
      const broken = evaluatePredicate(predicate, textOf(deliverable));
      return say(broken === null, broken ?? 'Every condition on the text holds.');
    }
  }
}

function checkNumber({ value, tolerance, relative }: Extract<AnswerCheck, { kind: 'number' }>, text: string): CheckOutcome {
  const found = findNumber(text);
  if (found === null) return say(false, 'There is no number in it.');
  const allowed = Math.max(tolerance ?? 0, (relative ?? 0) * Math.abs(value));
  // 3.9 is within 0.1 of 4, though the difference of the two doubles is a little more.
  const rounding = allowed === 0 ? 0 : 2 * Number.EPSILON * Math.max(Math.abs(found), Math.abs(value));
  const isNear = Math.abs(found - value) <= allowed + rounding;
  return say(isNear, `It answers ${found}; ${value}${allowed === 0 ? '' : ` ± ${allowed}`} is right.`);
}

function say(isPassed: boolean, detail: string): CheckOutcome {
  return { kind: isPassed ? 'passed' : 'failed', detail };
}
