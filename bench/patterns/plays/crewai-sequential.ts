import { answerCrewTask, crewTasksOf } from '../crew-work.ts';
import type { PatternPlay } from '../play.ts';

export const crewaiSequentialPlay: PatternPlay = {
  name: 'crewai-sequential',
  options: (task) => ({ pattern: { name: 'crewai-sequential', tasks: crewTasksOf(task) } }),
  answer: answerCrewTask,
  expected: (task) => ({ calls: crewTasksOf(task).length, toolCalls: 0 }),
};
