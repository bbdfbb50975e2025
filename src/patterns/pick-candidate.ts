/**
 * Which of several candidates is handed over. The first that is accepted, until a second one is: then a judge is asked, who picks one
 * with evidence. A judge whose verdict is not accepted takes nothing away.
 */
import { z } from 'zod';
import type { Json } from '../json.ts';
import type { Subtask } from '../plan/plan.ts';
import type { Growth, GrowthView } from './pattern.ts';
import { readAnswer, refuseAnswer } from './read-answer.ts';

export const verdictSchema = z.object({
  /** The id of a candidate. */
  choice: z.string(),
  evidence: z
    .array(
      z.object({
        /** The id of a candidate. */
        from: z.string(),
        /** Copied from it. */
        quote: z.string().min(1),
        /** What it tells for or against that candidate. */
        shows: z.string(),
      }),
    )
    .min(1),
});

export const judgmentId = 'judgment';

export interface Contest {
  /** Ids, in order. */
  candidates: readonly string[];
  /** null: the first that is accepted stands. */
  judge: string | null;
}

/** Reads an accepted candidate, which has `grow`, or the judgment. */
export function growContest<Options>(view: GrowthView<Options>, contest: Contest): Growth {
  if (view.subtask.id === judgmentId) return { add: [], deliverable: readVerdict(view, contest) };
  const { candidates, judge } = contest;
  if (listStanding(view, candidates).length === 0) return { add: [], deliverable: view.subtask.id };
  const isAsked = judge === null || view.ids.has(judgmentId);
  return { add: isAsked ? [] : [judgmentOf(judge, candidates)] };
}

function judgmentOf(judge: string, candidates: readonly string[]): Subtask {
  return {
    id: judgmentId,
    role: judge,
    instruction:
      'These are answers to the same task. Choose the one that stands, by evidence and not by how many agree. For each answer that you are given quote at least once what tells for it or against it, copied word for word.',
    dependsOn: [...candidates],
    evenIfFailed: true,
    grow: true,
  };
}

function listStanding<Options>({ results }: GrowthView<Options>, candidates: readonly string[]) {
  return results.filter(({ subtask, status }) => status === 'succeeded' && candidates.includes(subtask.id));
}

/** @throws {PlanwrightError} `growth-refused` for a choice that is none, and for evidence that is not there. */
function readVerdict<Options>(view: GrowthView<Options>, { candidates }: Contest): string {
  const { choice, evidence } = readAnswer(view.output, verdictSchema, view.subtask.role);
  const standing = new Map(listStanding(view, candidates).map(({ subtask, output }) => [subtask.id, textsOf(output)]));
  const known = [...standing.keys()].join(', ');
  if (!standing.has(choice)) refuseAnswer(`You chose "${choice}", which is none of the answers: ${known}.`);
  for (const { from, quote } of evidence) {
    const texts = standing.get(from) ?? refuseAnswer(`You quote from "${from}", which is none of the answers: ${known}.`);
    if (!texts.some((text) => text.includes(squeeze(quote))))
      refuseAnswer(`"${from}" does not say "${quote}". Quote word for word what is there.`);
  }
  const unread = [...standing.keys()].filter((id) => !evidence.some(({ from }) => from === id));
  if (unread.length > 0)
    refuseAnswer(`You show nothing of ${unread.join(', ')}. Quote from each answer what tells for it or against it.`);
  return choice;
}

/** Its JSON, and each text in it: a quote may be of either. */
function textsOf(output: Json): string[] {
  const texts: string[] = [];
  const stack: Json[] = [output];
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    if (typeof value === 'string') texts.push(squeeze(value));
    else if (typeof value === 'object' && value !== null) stack.push(...Object.values(value));
  }
  return typeof output === 'string' ? texts : [...texts, squeeze(JSON.stringify(output))];
}

/** Lines may be broken elsewhere. */
function squeeze(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
