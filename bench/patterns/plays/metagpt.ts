/**
 * A company that writes a program which prints the answer, with tests that really run (in bubblewrap: without it the run fails). On
 * the deep task the first version lacks something and a round of mending follows.
 */
import type { ScriptedAnswer } from 'planwright/testing';
import type { BenchTask, PatternPlay, PlayedCall } from '../play.ts';

const documents = {
  PRD: {
    goals: ['An answer to every part of the task.'],
    userStories: ['As a reader I run one file and have the answer.'],
    requirements: [{ id: 'R1', text: 'Every part of the task is answered.', priority: 'P0' }],
    unclear: [],
  },
  Design: {
    approach: 'One module that holds the answer as text.',
    files: [{ path: 'answer.mjs', holds: 'the answer' }],
    interfaces: ['export const answer: string'],
    flow: 'None.',
  },
  Tasks: { tasks: [{ file: 'answer.mjs', does: 'the whole answer', after: [] }], shared: 'Nothing.' },
  Code: { summary: 'The answer as a module.', files: ['answer.mjs'], run: 'node answer.mjs' },
  Tests: { summary: 'The answer is whole.', files: ['tests.mjs'], covers: ['R1'] },
};

const tests = `import { answer } from './answer.mjs';
if (!answer.includes('whole')) {
  console.log('not whole: ' + answer);
  process.exit(1);
}
console.log('whole');
`;

const writers = [
  ['You are the product manager', 'PRD'],
  ['You are the architect', 'Design'],
  ['You are the project manager', 'Tasks'],
  ['You are the engineer', 'Code'],
  ['You are the QA engineer', 'Tests'],
] as const;

const write = (path: string, content: string): ScriptedAnswer => ({
  toolCalls: [{ name: 'write_file', input: { path, content } }],
});

function answer({ text, instruction }: PlayedCall, task: BenchTask): string | ScriptedAnswer {
  const type = writers.find(([who]) => text.includes(who))?.[1] ?? 'PRD';
  const hasWritten = text.includes('"type":"tool-result"');
  if (type === 'Code' && !hasWritten) {
    const isLacking = task === 'deep' && !instruction.includes('mend the files');
    return write('answer.mjs', `export const answer = '${isLacking ? 'a part' : 'the whole answer'}';\nconsole.log(answer);\n`);
  }
  if (type === 'Tests' && !hasWritten) return write('tests.mjs', tests);
  return JSON.stringify(documents[type]);
}

export const metagpt: PatternPlay = {
  name: 'metagpt',
  options: () => ({ pattern: { name: 'metagpt', test: ['node', 'tests.mjs'] } }),
  answer,
  expected: (task) => {
    const rounds = task === 'deep' ? 1 : 0;
    // Code, tests and each round write a file: a call more each.
    return { calls: 5 + rounds + (2 + rounds), toolCalls: 2 + rounds + (1 + rounds) };
  },
};
