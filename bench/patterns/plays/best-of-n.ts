import { isJudged, judge } from '../judgment.ts';
import type { PatternPlay } from '../play.ts';
import { answerOf } from '../tasks.ts';

const n = 3;

export const bestOfNPlay: PatternPlay = {
  name: 'best-of-n',
  options: () => ({ pattern: { name: 'best-of-n', n } }),
  answer: ({ text }, task) => (isJudged(text) ? judge(text) : answerOf(task)),
  expected: () => ({ calls: n + 1, toolCalls: 0 }),
};
