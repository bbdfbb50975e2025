/**
 * Seven phases. On the report task every first solution is agreed on; on the wide one the language phase begins with a question; on the
 * deep one reviewer and programmer never agree, and the counselor has the last word.
 */
import type { ScriptedAnswer } from 'planwright/testing';
import type { BenchTask, PatternPlay, PlayedCall } from '../play.ts';

const says = (agreed: boolean, what: string): string => JSON.stringify({ agreed, says: what });
const solution = 'This is what the phase has come to, as far as the next one has to know it. '.repeat(4).trim();

function answer({ text, instruction }: PlayedCall, task: BenchTask): string | ScriptedAnswer {
  const isReview = instruction.includes('This phase: review the files');
  if (instruction.includes('You have read a dialogue')) return solution;
  if (instruction.includes('Judge the solution')) {
    return task === 'deep' && isReview ? says(false, 'One mistake is still there.') : says(true, '');
  }
  if (instruction.includes('is a question: answer it')) return says(false, 'JavaScript.');
  if (instruction.includes('Say in "says"')) return says(false, 'Look at what is there again.');
  if (task === 'wide' && instruction.includes('This phase: choose the programming language') && !text.includes('id="reply-1"')) {
    return 'QUESTION: Is there a language that the readers know already?';
  }
  if (instruction.includes('This phase: write the program into files') && !text.includes('"type":"tool-result"')) {
    return { toolCalls: [{ name: 'write_file', input: { path: 'answer.mjs', content: 'console.log("the answer");\n' } }] };
  }
  return solution;
}

const phases = 7;
/** Review and test. */
const opened = 2;
/** Beyond the first solution: a question with its reply, or two more turns and the conclusion. */
const more: Readonly<Record<BenchTask, number>> = { report: 0, wide: 2, deep: 2 * 2 + 1 };

export const chatdev: PatternPlay = {
  name: 'chatdev',
  options: () => ({}),
  answer,
  // The file is a call more.
  expected: (task) => ({ calls: 2 * phases + opened + more[task] + 1, toolCalls: 1 }),
};
