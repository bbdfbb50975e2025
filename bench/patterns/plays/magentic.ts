import type { PatternPlay } from '../play.ts';
import { answerOf, workOf } from '../tasks.ts';

const workers = ['researcher', 'coder', 'critic'];

/** Each part of the work is a round, and none stalls. */
export const magenticPlay: PatternPlay = {
  name: 'magentic',
  options: () => ({ pattern: 'magentic' }),
  answer: ({ text, instruction }, task) => {
    const { parts, task: asked } = workOf(task);
    const done = new Set(text.match(/<dependency id="work-\d+"/g)).size;
    if (instruction.startsWith('Write down what the task gives')) {
      const plan = parts.map((part, at) => `${workers[at % workers.length]}: ${part.instruction}`);
      return JSON.stringify({ given: [asked], lookUp: ['What the parts come to.'], derive: [], guesses: [], plan });
    }
    if (instruction.startsWith('Judge how far')) {
      const next = parts[done];
      return JSON.stringify({
        satisfied: { reason: `${done} of ${parts.length} parts are there.`, answer: next === undefined },
        inLoop: { reason: 'Each part was done once.', answer: false },
        progressing: { reason: 'Each round adds a part.', answer: true },
        nextSpeaker: workers[done % workers.length],
        instruction: next?.instruction ?? '',
      });
    }
    return parts.find((part) => part.instruction === instruction)?.output ?? answerOf(task);
  },
  expected: (task) => ({ calls: 2 * workOf(task).parts.length + 3, toolCalls: 0 }),
};
