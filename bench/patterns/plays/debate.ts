import { isJudged, judge } from '../judgment.ts';
import type { PatternPlay } from '../play.ts';
import { answerOf } from '../tasks.ts';

const proposers = 3;
const rounds = 2;

export const debatePlay: PatternPlay = {
  name: 'debate',
  options: () => ({ pattern: { name: 'debate', proposers, rounds } }),
  answer: ({ text }, task) => (isJudged(text) ? judge(text) : answerOf(task)),
  expected: () => ({ calls: proposers * rounds + 1, toolCalls: 0 }),
};
