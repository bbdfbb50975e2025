/** The parts of a benchmark task as the tasks of a crew. */
import type { BenchTask, PlayedCall } from './play.ts';
import { answerOf, workOf } from './tasks.ts';

const agents = { researcher: 'researcher', coder: 'analyst', critic: 'analyst', writer: 'writer' } as const;

export function crewTasksOf(task: BenchTask) {
  return workOf(task).parts.map(({ id, role, instruction, dependsOn }) => ({ id, role: agents[role], instruction, dependsOn }));
}

/** What an agent answers to its task. */
export function answerCrewTask({ instruction }: PlayedCall, task: BenchTask): string {
  const asked = workOf(task).parts.find((part) => instruction.startsWith(part.instruction));
  return asked?.output ?? answerOf(task);
}
