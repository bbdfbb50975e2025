import type { BenchTask, PatternPlay } from '../play.ts';
import { answerCall, answerTask, benchCalls, expectedCalls, withLookUp } from '../step-plays.ts';

function planOf(task: BenchTask): string {
  const lines = benchCalls[task].map(({ tool, text, needs }, at) => {
    const evidence = needs.map((number) => ` #E${number}`).join('');
    return `Plan: ${text}\n#E${at + 1} = ${tool}[${text}${evidence}]`;
  });
  return lines.join('\n');
}

export const rewooPlay: PatternPlay = {
  name: 'rewoo',
  options: () => withLookUp('rewoo'),
  answer: ({ text }, task) => {
    if (text.includes('before anything is looked up')) return planOf(task);
    return text.includes('You solve the task from the evidence') ? answerTask(task) : answerCall(text, task);
  },
  expected: (task) => expectedCalls(task, 2),
};
