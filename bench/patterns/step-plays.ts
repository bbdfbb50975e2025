/** The tasks of the benchmark as calls, for the patterns that plan calls: a tool finds what a researcher would, a model does the rest. */
import { defineTeam, defineTool, type RunTaskOptions } from 'planwright';
import { z } from 'zod';
import { readReportFixture } from '../report-task.ts';
import type { BenchTask } from './play.ts';

export interface BenchCall {
  tool: 'llm' | 'look_up';
  text: string;
  /** Numbers of calls, from 1, whose results it needs. */
  needs: number[];
}

const fixture = readReportFixture();
const reportCalls = fixture.plan.subtasks
  .filter(({ role }) => role !== 'writer')
  .map(({ instruction, dependsOn }): BenchCall => ({ tool: 'llm', text: instruction, needs: dependsOn.map(Number) }));

const numbers = Array.from({ length: 8 }, (_, at) => at + 1);

/** What is done before the answer to the whole task is written. */
export const benchCalls: Readonly<Record<BenchTask, readonly BenchCall[]>> = {
  report: reportCalls,
  wide: numbers.map((number) => ({ tool: 'look_up', text: `Question ${number} of eight`, needs: [] })),
  deep: numbers.map((number) => ({ tool: 'look_up', text: `Step ${number} of eight`, needs: number === 1 ? [] : [number - 1] })),
};

/** About 300 tokens: what a finding of a paragraph or two takes. */
const findingOf = (about: string): string =>
  `${about}. ${'So it is said in the sources, and nothing contradicts it. '.repeat(22).trim()}`;

const lookUp = defineTool({
  name: 'look_up',
  description: 'Finds what the sources say of a question.',
  effect: 'read',
  input: z.object({ question: z.string() }),
  execute: ({ question }) => findingOf(question.slice(0, 20)),
});

/** The pattern's own team with the tool that finds. */
export function withLookUp(pattern: string): Pick<RunTaskOptions, 'pattern' | 'team' | 'tools'> {
  const team = defineTeam({ preset: pattern, roles: { 'look-up': { tool: 'look_up' } } }, { tools: ['look_up'] });
  return { pattern, team, tools: [lookUp] };
}

/** What the model of a call says, or, of no call, the answer to the whole task. */
export function answerCall(text: string, task: BenchTask): string {
  const own = fixture.plan.subtasks.find(({ role, instruction }) => role !== 'writer' && text.includes(instruction));
  return own === undefined ? answerTask(task) : (fixture.outputs[own.role] ?? '');
}

export function answerTask(task: BenchTask): string {
  return task === 'report' ? (fixture.outputs.writer ?? '') : findingOf('All eight together');
}

/** By the patterns' formulas: `around` model calls, and one for each call of a model. */
export function expectedCalls(task: BenchTask, around: number): { calls: number; toolCalls: number } {
  const thought = benchCalls[task].filter(({ tool }) => tool === 'llm').length;
  return { calls: around + thought, toolCalls: benchCalls[task].length - thought };
}
