import { answerCrewTask, crewTasksOf } from '../crew-work.ts';
import type { PatternPlay } from '../play.ts';

/** The manager gives out each task and is content with what comes of it. */
export const crewaiHierarchicalPlay: PatternPlay = {
  name: 'crewai-hierarchical',
  options: (task) => ({ pattern: { name: 'crewai-hierarchical', tasks: crewTasksOf(task) } }),
  answer: (call, task) => {
    if (!call.text.includes('You manage a crew')) return answerCrewTask(call, task);
    const [, id] = /give out the task "([^"]+)"/.exec(call.instruction) ?? [];
    const next = crewTasksOf(task).find((one) => one.id === id);
    if (next === undefined) return JSON.stringify({ action: 'finish', coworker: '', work: '', context: '' });
    return JSON.stringify({
      action: 'delegate',
      coworker: next.role,
      work: next.instruction,
      context: `Needed for it: ${next.dependsOn.join(', ') || 'nothing'}.`,
    });
  },
  expected: (task) => ({ calls: 2 * crewTasksOf(task).length + 1, toolCalls: 0 }),
};
