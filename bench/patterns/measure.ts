/** What a pattern costs on a task, beside the plain planner and one agent, with a scripted model that plays every part. */
import type { Ledger, RunTaskOptions } from 'planwright';
import type { BenchTask, PatternPlay, PlayedCall } from './play.ts';
import { answerOf, workOf } from './tasks.ts';
import { runVirtually } from './virtual-run.ts';

export interface Cost {
  task: BenchTask;
  /** A pattern's name, or `planner`, `one agent`. */
  who: string;
  calls: number;
  callsByPurpose: Ledger['callsByPurpose'];
  toolCalls: number;
  /** In and out. */
  tokens: number;
  handoffTokens: number;
  /** Makespan in model calls. */
  levels: number;
  serialLevels: number;
  /** What is not as it should be: empty when the run succeeded with the calls of its formula. */
  problems: string[];
}

export async function measurePlay(play: PatternPlay, task: BenchTask): Promise<Cost> {
  const options: RunTaskOptions = { pattern: play.name, ...play.options(task), task: workOf(task).task };
  const cost = await measure({ task, who: play.name, options, answer: (call) => play.answer(call, task) });
  const expected = play.expected(task);
  for (const what of ['calls', 'toolCalls'] as const) {
    if (cost[what] === expected[what]) continue;
    cost.problems.push(`${what}: ${cost[what]}, and by its formula ${expected[what]}`);
  }
  return cost;
}

/** The preset team `report` with the plan that a planner writes. */
export function measurePlanner(task: BenchTask): Promise<Cost> {
  const { task: text, parts } = workOf(task);
  const plan = JSON.stringify({
    subtasks: parts.map(({ output: _output, ...subtask }) => ({ ...subtask, assumes: [] })),
    deliverable: parts.at(-1)?.id,
  });
  return measure({
    task,
    who: 'planner',
    options: { task: text, team: 'report', strategy: 'team' },
    answer: ({ instruction }) => parts.find((part) => part.instruction === instruction)?.output ?? plan,
  });
}

export function measureOneAgent(task: BenchTask): Promise<Cost> {
  return measure({
    task,
    who: 'one agent',
    options: { task: workOf(task).task, team: 'report', strategy: 'single' },
    answer: () => answerOf(task),
  });
}

interface Measured {
  task: BenchTask;
  who: string;
  options: RunTaskOptions;
  answer: (call: PlayedCall) => ReturnType<PatternPlay['answer']>;
}

async function measure({ task, who, options, answer }: Measured): Promise<Cost> {
  const { result, levels, serialLevels } = await runVirtually(options, answer);
  const { calls, callsByPurpose, toolCalls, inputTokens, outputTokens, handoffTokens } = result.ledger;
  const failed = result.subtasks.flatMap(({ id, error }) => (error === undefined ? [] : [`${id}: ${error.message}`]));
  const problems = result.status === 'succeeded' ? [] : [`it ended as ${result.status}`, ...failed];
  return {
    task,
    who,
    calls,
    callsByPurpose,
    toolCalls,
    tokens: inputTokens + outputTokens,
    handoffTokens,
    levels,
    serialLevels,
    problems,
  };
}
