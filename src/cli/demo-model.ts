/**
 * The founding document's parts, played by a scripted model: a planner that matches patterns and executors with canned
 * answers. Everything around it — plan check, scheduler, executors, ladder, ledger — is the real thing.
 */
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { type ScriptedModel, scriptedModel } from '../testing/index.ts';

export const reportTask = 'Produce a short report on planner-executor agents.';
export const sumTask = 'What is 2 plus 2?';
/** An executor that gets this wording answers FAILED, whatever it is asked. */
export const unluckyRole = 'coder';

const answers: Record<string, string> = {
  researcher: 'facts=[planners decompose, executors specialize, decomposition is exact]',
  coder: 'api: delegate(role, instruction) -> result',
  critic: 'risk: the planner is a single point of failure and a bottleneck',
};

interface DraftSubtask {
  id: string;
  role: string;
  instruction: string;
  dependsOn: string[];
}

const reportPlan: DraftSubtask[] = [
  { id: '1', role: 'researcher', instruction: 'Gather three facts about distributed agents.', dependsOn: [] },
  { id: '2', role: 'coder', instruction: 'Write a one-line pseudo-API for delegating a subtask.', dependsOn: [] },
  { id: '3', role: 'critic', instruction: 'Name the main risk of a single planner.', dependsOn: ['1'] },
  { id: '4', role: 'writer', instruction: 'Assemble facts, API, and risk into a report.', dependsOn: ['1', '2', '3'] },
];

/** `failing`: the role that answers FAILED. */
export function demoModel(failing?: string): ScriptedModel {
  return scriptedModel((request) => {
    const { system, user } = readPrompt(request);
    if (request.responseFormat?.type === 'json') return JSON.stringify({ subtasks: planFor(user), deliverable: '' });
    const role = /You are the ([a-z]+)/.exec(system)?.[1] ?? 'writer';
    if (role === failing) return 'FAILED';
    // A role that stands in for another answers what was asked, not what it usually does.
    const asked = reportPlan.find(({ instruction }) => user.includes(instruction))?.role;
    const answer = answers[asked ?? role];
    return asked !== 'writer' && answer !== undefined ? answer : write(system, user);
  });
}

function planFor(user: string): DraftSubtask[] {
  const task = section(user, 'task');
  if (user.includes('- gatherers:')) {
    return [
      { id: 'gather', role: 'gatherers', instruction: 'Gather the material: facts and an API.', dependsOn: [] },
      { id: 'edit', role: 'editors', instruction: 'Edit the material into a report.', dependsOn: ['gather'] },
    ];
  }
  if (task.startsWith('Gather the material')) return reportPlan.slice(0, 2);
  if (task.startsWith('Edit the material')) {
    return reportPlan.slice(2).map((subtask) => ({ ...subtask, dependsOn: subtask.id === '4' ? ['3'] : [] }));
  }
  if (/report/i.test(task)) return reportPlan;
  return [{ id: '1', role: 'writer', instruction: `Answer directly: ${task}`, dependsOn: [] }];
}

/** The writer: what it was handed, by role, or a direct answer when there was nothing. A sub-team's task may hold some of it. */
function write(system: string, user: string): string {
  const parts = [...`${system}\n${user}`.matchAll(/<dependency id="[^"]*" role="([^"]*)">\n([\s\S]*?)\n<\/dependency>/g)];
  if (parts.length === 0) return `[direct] ${section(user, 'instruction')}`;
  const lines = parts.map(([, role = '', output = '']) => `${role}:${output}`).toSorted();
  return `REPORT << ${lines.join(' | ')} >>`;
}

function section(text: string, name: string): string {
  return new RegExp(`<${name}>\\n([\\s\\S]*?)\\n</${name}>`).exec(text)?.[1] ?? '';
}

function readPrompt(request: LanguageModelV4CallOptions): { system: string; user: string } {
  let system = '';
  let user = '';
  for (const message of request.prompt) {
    if (message.role === 'system') system += message.content;
    if (message.role === 'user') for (const part of message.content) if (part.type === 'text') user += part.text;
  }
  return { system, user };
}
