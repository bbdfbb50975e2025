import type { PatternPlay } from '../play.ts';
import { answerOf } from '../tasks.ts';

/** The first draft is criticized, the second is good. */
export const selfRefinePlay: PatternPlay = {
  name: 'self-refine',
  options: () => ({ pattern: 'self-refine' }),
  answer: ({ text, instruction }, task) => {
    if (instruction.startsWith('Judge this draft')) {
      const isMended = text.includes('In short:');
      return JSON.stringify({ verdict: isMended ? 'good' : 'revise', feedback: isMended ? '' : 'It has no summary.' });
    }
    return instruction.includes('was criticized') ? `In short: ${answerOf(task)}` : answerOf(task);
  },
  expected: () => ({ calls: 4, toolCalls: 0 }),
};
