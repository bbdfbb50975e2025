/** The three tasks of the benchmark, each with the plan that the plain planner makes of it and what its parts come to. */
import { readReportFixture } from '../report-task.ts';
import type { BenchTask } from './play.ts';

export interface BenchPart {
  id: string;
  role: 'researcher' | 'coder' | 'critic' | 'writer';
  instruction: string;
  dependsOn: string[];
  /** What whoever does it answers. */
  output: string;
}

export interface BenchWork {
  task: string;
  /** The last one delivers. */
  parts: BenchPart[];
}

export const benchTaskNames: readonly BenchTask[] = ['report', 'wide', 'deep'];

const fixture = readReportFixture();
const width = 8;

/** About 300 tokens: what a finding of a paragraph or two takes. */
const findingOf = (about: string): string =>
  `${about}. ${'So it is said in the sources, and nothing contradicts it. '.repeat(22).trim()}`;

const numbers = Array.from({ length: width }, (_, at) => at + 1);

const report: BenchWork = {
  task: fixture.task,
  parts: fixture.plan.subtasks.map(({ id, role, instruction, dependsOn }) => ({
    id,
    role: role as BenchPart['role'],
    instruction,
    dependsOn,
    output: fixture.outputs[role] ?? '',
  })),
};

const wide: BenchWork = {
  task: 'Answer eight questions that have nothing to do with each other, and say what the answers come to.',
  parts: [
    ...numbers.map(
      (number): BenchPart => ({
        id: `question-${number}`,
        role: 'researcher',
        instruction: `Answer question ${number} of eight.`,
        dependsOn: [],
        output: findingOf(`Answer ${number}`),
      }),
    ),
    {
      id: 'answers',
      role: 'writer',
      instruction: 'Say what the eight answers come to.',
      dependsOn: numbers.map((number) => `question-${number}`),
      output: findingOf('All eight answers'),
    },
  ],
};

const deep: BenchWork = {
  task: 'Take eight steps of which each needs what the one before it found.',
  parts: numbers.map((number) => ({
    id: `step-${number}`,
    role: number === width ? 'writer' : 'researcher',
    instruction: `Take step ${number} of eight.`,
    dependsOn: number === 1 ? [] : [`step-${number - 1}`],
    output: findingOf(`Step ${number}`),
  })),
};

const works: Readonly<Record<BenchTask, BenchWork>> = { report, wide, deep };

export function workOf(task: BenchTask): BenchWork {
  return works[task];
}

/** What the task's last part comes to: the answer to the whole task. */
export function answerOf(task: BenchTask): string {
  return works[task].parts.at(-1)?.output ?? '';
}
