/** tasks.yaml, field by field, against the agents that there are. */
import { describeUnknown } from '../../team/schema-issues.ts';
import type { CrewAgent, CrewTask } from './crew.ts';
import { followContext } from './crew-context.ts';
import { carriedTaskFields, leftTaskFields } from './crew-fields.ts';
import type { CrewFile } from './crew-file.ts';
import { noteLeftFields } from './left-fields.ts';

export interface ReadTasksOptions {
  agents: readonly CrewAgent[];
  /** Agents of tasks that name none, by the task's name. */
  assign: ReadonlyMap<string, string>;
}

export function readTasks(file: CrewFile, options: ReadTasksOptions): { tasks: CrewTask[]; contextEdges: number } {
  const earlier = new Set<string>();
  let contextEdges = 0;
  const tasks = Array.from(file.entries.keys(), (name) => {
    const { context, edges } = readContext(file, name, earlier);
    contextEdges += edges;
    earlier.add(name);
    return { ...readTask(file, name, options), context, given: [] };
  });
  const given = followContext(tasks);
  return { tasks: tasks.map((task, at) => ({ ...task, given: [...new Set(given[at])] })), contextEdges };
}

function readTask(file: CrewFile, name: string, options: ReadTasksOptions): Omit<CrewTask, 'context' | 'given'> {
  if (/^@|\[\d+\]$/.test(name) || name === '' || name.length > 200) {
    file.refuse([name], 'is no id of a subtask: at most 200 characters, no "@" at its beginning, no "[1]" at its end', 'key');
  }
  const description = file.text(name, 'description');
  const expectedOutput = file.text(name, 'expected_output');
  const missing = [description === '' ? 'description' : '', expectedOutput === '' ? 'expected_output' : ''].filter(
    (key) => key !== '',
  );
  if (missing.length > 0) file.note('missing-text', [name], () => `Task "${name}" has no ${missing.join(', ')} here.`);
  noteLeftFields(file, name, { carried: carriedTaskFields, left: leftTaskFields });
  const asksPerson = file.flag(name, 'human_input');
  if (asksPerson) {
    file.note(
      'differs',
      [name, 'human_input'],
      () => 'CrewAI asks a person about the result. Here a person approves each attempt of the role before it starts.',
    );
  }
  const outputFile = file.text(name, 'output_file');
  if (outputFile !== '') {
    file.note(
      'differs',
      [name, 'output_file'],
      () =>
        'Planwright writes no file by itself: the role answers with the file’s content, which the report holds as the subtask’s output.',
    );
  }
  return {
    name,
    description,
    expectedOutput,
    agent: readAgentOf(file, name, options),
    isAsync: file.flag(name, 'async_execution'),
    asksPerson,
    isMarkdown: file.flag(name, 'markdown'),
    ...(outputFile === '' ? {} : { outputFile }),
    guardrails: readGuardrails(file, name),
  };
}

function readAgentOf(file: CrewFile, name: string, { agents, assign }: ReadTasksOptions): string | null {
  const written = file.text(name, 'agent');
  const assigned = assign.get(name);
  if (assigned !== undefined) return assigned;
  const known = agents.map((agent) => agent.name);
  if (written === '') {
    file.note(
      'unassigned-task',
      [name],
      () => `No agent is named for task "${name}": the crew’s Python assigns it. Say who does it: --assign ${name}=AGENT.`,
    );
    return null;
  }
  if (known.includes(written)) return written;
  file.note('unknown-agent', [name, 'agent'], () => capitalize(describeUnknown('agent', written, known)));
  return null;
}

function readContext(file: CrewFile, name: string, earlier: ReadonlySet<string>): { context: string[] | null; edges: number } {
  const written = file.texts(name, 'context');
  if (written === undefined) return { context: null, edges: 0 };
  const context = written.filter((target, at) => {
    if (earlier.has(target)) return true;
    const path = [name, 'context', at];
    if (file.entries.has(target)) {
      const what = target === name ? 'is this task itself' : 'comes after this task';
      file.note('later-context', path, () => `"${target}" ${what}; a task is given what earlier ones put out.`);
    } else file.note('unknown-context', path, () => capitalize(describeUnknown('task', target, [...earlier])));
    return false;
  });
  return { context: [...new Set(context)], edges: context.length };
}

/** Text is what a model judges by; a function stands in Python. */
function readGuardrails(file: CrewFile, name: string): string[] {
  const single = file.entries.get(name)?.['guardrail'];
  const several = file.entries.get(name)?.['guardrails'];
  const written = [
    ...(single === undefined || single === null ? [] : [{ value: single, path: [name, 'guardrail'] }]),
    ...(several === undefined || several === null
      ? []
      : Array.isArray(several)
        ? several.map((value: unknown, at) => ({ value, path: [name, 'guardrails', at] }))
        : [{ value: several, path: [name, 'guardrails'] }]),
  ];
  return written.flatMap(({ value, path }) => {
    if (typeof value === 'string' && value.trim() !== '') return [value.trim()];
    file.note('guardrail-in-python', path, () => 'This guardrail is no text. Write what it checks into the plan: accept.');
    return [];
  });
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
