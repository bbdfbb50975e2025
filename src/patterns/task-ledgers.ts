/** Magentic-One's two ledgers: what is known and planned, and, each round, how far it has come. */
import { z } from 'zod';

const texts = z.array(z.string());

export const taskLedgerSchema = z.object({
  /** Given by the task, or verified. */
  given: texts,
  lookUp: texts,
  derive: texts,
  guesses: texts,
  /** Steps, each with who takes it. */
  plan: texts,
});

export const rewrittenLedgerSchema = taskLedgerSchema.extend({
  /** Why the work stalled. */
  cause: z.string(),
});

const judgment = z.object({ reason: z.string(), answer: z.boolean() });

export const progressSchema = z.object({
  satisfied: judgment,
  inLoop: judgment,
  progressing: judgment,
  nextSpeaker: z.string(),
  instruction: z.string(),
});
export type Progress = z.infer<typeof progressSchema>;

/** One more for each round in a loop or without progress, one less for each other, and never below 0. */
export function countStalls(rounds: readonly Progress[]): number {
  return rounds.reduce(
    (stalls, { inLoop, progressing }) => (inLoop.answer || !progressing.answer ? stalls + 1 : Math.max(0, stalls - 1)),
    0,
  );
}
