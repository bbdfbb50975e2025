import type { BenchTask, PatternPlay } from '../play.ts';
import { answerCall, answerTask, benchCalls, expectedCalls, withLookUp } from '../step-plays.ts';

function planOf(task: BenchTask): string {
  const calls = benchCalls[task].map(({ tool, text, needs }) => {
    const results = needs.map((number) => ` $${number}`).join('');
    return `${tool}(${JSON.stringify(`${text}${results}`)})`;
  });
  return [...calls, 'join()<END_OF_PLAN>'].map((call, at) => `${at + 1}. ${call}`).join('\n');
}

export const llmcompilerPlay: PatternPlay = {
  name: 'llmcompiler',
  options: () => withLookUp('llmcompiler'),
  answer: ({ text }, task) => {
    if (text.includes('Plan the calls of tools')) return planOf(task);
    if (!text.includes('You answer the task from results')) return answerCall(text, task);
    return JSON.stringify({ action: 'finish', answer: answerTask(task) });
  },
  expected: (task) => expectedCalls(task, 2),
};
