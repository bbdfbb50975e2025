import type { BenchTask, PatternPlay } from '../play.ts';
import { answerOf, type BenchPart, workOf } from '../tasks.ts';

/** What needs no other part is a part of its own; what is in a row can't be split. */
function partsOf(task: BenchTask): BenchPart[] {
  const { parts } = workOf(task);
  return task === 'deep' ? parts.slice(-1) : parts.slice(0, -1);
}

export const mapReducePlay: PatternPlay = {
  name: 'map-reduce',
  options: () => ({ pattern: 'map-reduce' }),
  answer: ({ text, instruction }, task) => {
    const parts = partsOf(task);
    if (instruction.startsWith('Split this task'))
      return JSON.stringify({ parts: parts.map((part) => (task === 'deep' ? workOf(task).task : part.instruction)) });
    const [, item = ''] = /<item[^>]*>\n([\s\S]*?)\n<\/item>/.exec(text) ?? [];
    return parts.find((part) => part.instruction === item)?.output ?? answerOf(task);
  },
  expected: (task) => ({ calls: 1 + partsOf(task).length + 1, toolCalls: 0 }),
};
