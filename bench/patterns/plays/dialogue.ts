/** On the report task the first solution is agreed on, on the wide one the assistant asks first, on the deep one nothing is agreed on. */
import type { BenchTask, PatternPlay, PlayedCall } from '../play.ts';

const says = (agreed: boolean, what: string): string => JSON.stringify({ agreed, says: what });

const solution = 'A paragraph for each part of the task, and what they come to together. '.repeat(16).trim();

function answer({ text, instruction }: PlayedCall, task: BenchTask): string {
  if (instruction.includes('Judge the solution')) return task === 'deep' ? says(false, 'One step is missing.') : says(true, '');
  if (instruction.includes('is a question: answer it')) return says(false, 'A paragraph for each.');
  const asks = task === 'wide' && !text.includes('id="reply-1"');
  return asks ? 'QUESTION: How long may an answer be?' : solution;
}

const expected: Readonly<Record<BenchTask, number>> = { report: 2, wide: 2 + 2, deep: 2 * 3 + 1 };

export const dialogue: PatternPlay = {
  name: 'dialogue',
  options: () => ({}),
  answer,
  expected: (task) => ({ calls: expected[task], toolCalls: 0 }),
};
