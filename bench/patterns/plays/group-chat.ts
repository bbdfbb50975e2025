import type { PatternPlay } from '../play.ts';
import { answerOf, workOf } from '../tasks.ts';

const speakers = ['researcher', 'critic', 'writer'];

/** Each part of the work is a message, then the manager finishes. */
export const groupChatPlay: PatternPlay = {
  name: 'group-chat',
  options: () => ({ pattern: 'group-chat' }),
  answer: ({ text, instruction }, task) => {
    const { parts } = workOf(task);
    const said = new Set(text.match(/<dependency id="message-\d+"/g)).size;
    if (instruction.startsWith('Say who speaks next')) {
      const speaker = said < parts.length ? (speakers[said % speakers.length] ?? '') : '';
      return JSON.stringify({ action: speaker === '' ? 'finish' : 'speak', speaker, why: `The task has ${said} of its parts.` });
    }
    return instruction.startsWith('The conversation has ended') ? answerOf(task) : (parts[said]?.output ?? '');
  },
  expected: (task) => ({ calls: 2 * workOf(task).parts.length + 2, toolCalls: 0 }),
};
