/** Wrong plans of every kind, injected and carried out. */
import { createChance, createChoose } from '../chance.ts';
import { allKinds, type DefectKind, formKinds, writeDraft } from './defects.ts';
import { declaredRates } from './executors.ts';
import { type Observed, observe } from './observe.ts';
import { play } from './play.ts';
import { drawSurvey, writeRightPlan } from './survey.ts';

export interface Injected extends Observed {
  kind: DefectKind;
  /** Subtasks of the right plan. */
  size: number;
}

/** Only a plan that reports two values can forget one. */
const leastTotals = (kind: DefectKind) => (kind === 'dropped subtask, forgotten' ? 2 : 0);

/** Each size of plan comes once, twice, … in turn. Defects of form all go the same way, so fewer of them are carried out. */
const plansOfForm = 7;
const plansOfMeaning = 14;

export async function injectAll(seed: number): Promise<Injected[]> {
  const chance = createChance(seed);
  const injected: Injected[] = [];
  for (const kind of allKinds) {
    for (let n = 0; n < countPlans(kind); n++) {
      const survey = drawSurvey(chance, n, leastTotals(kind));
      const right = writeRightPlan(survey);
      const run = `${kind} ${n}`;
      const changed = writeDraft(kind, survey, createChoose(chance, 'defect', run));
      if (kind !== 'none' && JSON.stringify(changed) === JSON.stringify(right)) throw new Error(`No defect was made: ${run}`);
      const played = await play(kind, { survey, chance, rates: declaredRates, run });
      injected.push({ kind, size: right.subtasks.length, ...observe(played, survey, kind === 'none' ? null : right) });
    }
  }
  return injected;
}

function countPlans(kind: DefectKind): number {
  return (formKinds as readonly DefectKind[]).includes(kind) ? plansOfForm : plansOfMeaning;
}
