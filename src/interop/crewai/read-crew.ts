/** The two files of a crew become one crew. */
import { PlanwrightError } from '../../errors.ts';
import { fillPlaceholders, findPlaceholders, findSpacedPlaceholders } from '../../plan/placeholders.ts';
import { describeUnknown } from '../../team/schema-issues.ts';
import type { Crew, CrewAgent, CrewProcess, CrewTask } from './crew.ts';
import { CrewFile } from './crew-file.ts';
import { readAgents } from './read-agents.ts';
import { readTasks } from './read-tasks.ts';

export interface CrewText {
  text: string;
  /** Its name, for messages. */
  file: string;
}

export interface ReadCrewOptions {
  /** Default `sequential`, as in CrewAI. */
  process?: CrewProcess;
  /** Values of placeholders, by name. */
  inputs?: Readonly<Record<string, string>>;
  /** Agents of tasks that name none, by the task's name. */
  assign?: Readonly<Record<string, string>>;
}

/**
 * Whatever stands in the files and is not carried over is in the crew's `notes`, with its place. Placeholders that are filled are
 * no longer among `placeholders`.
 * @throws {PlanwrightError} `team-invalid` with `file:line:column`: no YAML, too large, or no map of maps; `usage`: an input or an
 *   assignment that names nothing of the crew.
 */
export function readCrew(files: { agents: CrewText; tasks: CrewText }, options: ReadCrewOptions = {}): Crew {
  const agentFile = new CrewFile(files.agents.text, files.agents.file);
  const taskFile = new CrewFile(files.tasks.text, files.tasks.file);
  const agents = readAgents(agentFile);
  agentFile.throwProblems();
  const assign = new Map(Object.entries(options.assign ?? {}));
  for (const [task, agent] of assign) {
    if (!taskFile.entries.has(task)) refuseName('task', task, [...taskFile.entries.keys()]);
    if (!agentFile.entries.has(agent)) refuseName('agent', agent, [...agentFile.entries.keys()]);
  }
  const { tasks, contextEdges } = readTasks(taskFile, { agents, assign });
  taskFile.throwProblems();

  const texts = [...agents.flatMap(listAgentTexts), ...tasks.flatMap(listTaskTexts)];
  const names = new Set(texts.flatMap((text) => findPlaceholders(text)));
  const values = new Map(Object.entries(options.inputs ?? {}));
  for (const name of values.keys()) if (!names.has(name)) refuseName('placeholder', name, [...names].toSorted());
  noteSpaced(agentFile, agents, listAgentTexts);
  noteSpaced(taskFile, tasks, listTaskTexts);
  return {
    process: options.process ?? 'sequential',
    agents: agents.map((agent) => fillAgent(agent, values)),
    tasks: tasks.map((task) => fillTask(task, values)),
    contextEdges,
    placeholders: [...names].filter((name) => !values.has(name)).toSorted(),
    notes: [...agentFile.notes, ...taskFile.notes],
  };
}

/** What CrewAI interpolates. */
function listAgentTexts({ role, goal, backstory }: CrewAgent): string[] {
  return [role, goal, backstory];
}

function listTaskTexts({ description, expectedOutput, outputFile = '' }: CrewTask): string[] {
  return [description, expectedOutput, outputFile];
}

function fillAgent(agent: CrewAgent, values: ReadonlyMap<string, string>): CrewAgent {
  const fill = (text: string): string => fillPlaceholders(text, values);
  return { ...agent, role: fill(agent.role), goal: fill(agent.goal), backstory: fill(agent.backstory) };
}

function fillTask(task: CrewTask, values: ReadonlyMap<string, string>): CrewTask {
  const fill = (text: string): string => fillPlaceholders(text, values);
  return {
    ...task,
    description: fill(task.description),
    expectedOutput: fill(task.expectedOutput),
    ...(task.outputFile === undefined ? {} : { outputFile: fill(task.outputFile) }),
  };
}

function noteSpaced<Entry extends { name: string }>(
  file: CrewFile,
  entries: readonly Entry[],
  textsOf: (entry: Entry) => string[],
): void {
  for (const entry of entries) {
    for (const written of new Set(textsOf(entry).flatMap((text) => findSpacedPlaceholders(text)))) {
      file.note(
        'no-placeholder',
        [entry.name],
        () => `${written} is no placeholder, for its name has a space: it stays as it is.`,
      );
    }
  }
}

function refuseName(kind: string, name: string, known: readonly string[]): never {
  throw new PlanwrightError('usage', `The crew has no ${kind} of this name: ${describeUnknown(kind, name, known)}`);
}
