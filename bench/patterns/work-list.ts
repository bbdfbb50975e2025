/** How a manager lists the work of a task, and what comes of it: the plays of all patterns that give work out. */
import type { PatternPlay, PlayedCall } from './play.ts';
import { answerOf, workOf } from './tasks.ts';

/** Its pieces are the plan's parts without the last one of a plan that puts others together. */
const piecesOf = (task: Parameters<PatternPlay['answer']>[1]) => {
  const { parts } = workOf(task);
  return task === 'deep' ? parts : parts.slice(0, -1);
};

export function playWorkList(name: string): PatternPlay {
  return {
    name,
    options: () => ({ pattern: name }),
    answer: ({ instruction }: PlayedCall, task) => {
      const pieces = piecesOf(task);
      if (!instruction.startsWith('List the pieces of work'))
        return pieces.find((piece) => piece.instruction === instruction)?.output ?? answerOf(task);
      const work = pieces.map((piece) => ({
        instruction: piece.instruction,
        after: piece.dependsOn.map((id) => pieces.findIndex((other) => other.id === id) + 1),
        kind: '',
      }));
      return JSON.stringify({ work });
    },
    expected: (task) => ({ calls: 1 + piecesOf(task).length + 1, toolCalls: 0 }),
  };
}
