/** The fields of CrewAI's agents and tasks that are not carried over as they are, and why (crewai 1.15). */
import type { CrewNoteCode } from './crew.ts';

export interface LeftField {
  code: CrewNoteCode;
  message: string;
  /** A value of this kind says nothing: what is off by itself and stays off. */
  harmless?: (value: unknown) => boolean;
}

const isOff = (value: unknown): boolean => value === false || value === null;
const isAnything = (): boolean => true;

function lacks(message: string, harmless: (value: unknown) => boolean = isOff): LeftField {
  return { code: 'no-counterpart', message, harmless };
}

const callback: LeftField = {
  code: 'callback-in-python',
  message: 'This names a function of the crew’s Python. Follow the run’s events instead.',
};
const schema: LeftField = {
  code: 'schema-in-python',
  message: 'This names a class of the crew’s Python. Write its JSON Schema into the plan: accept: [{ kind: schema, schema: … }].',
};
const retries = lacks('How often a result is tried again is limits.retries of the team.');

/** Fields that are carried over are not here: role, goal, backstory, llm, tools, max_iter, max_execution_time. */
export const leftAgentFields: Readonly<Record<string, LeftField>> = {
  verbose: lacks('A run’s journal has everything.', isAnything),
  cache: lacks('Calls are journaled, and repeated only on resume.', isAnything),
  respect_context_window: lacks('Results that are too long arrive as digests: limits.handoffTokens.', isAnything),
  allow_delegation: lacks('A role does its work itself; a critic, a sub-team or another subtask takes the place of a colleague.'),
  max_rpm: lacks('Rates are kept for a model: limits.perModel of the team, requestsPerMinute.'),
  max_retry_limit: retries,
  function_calling_llm: lacks('One model answers and calls tools.'),
  allow_code_execution: lacks('Give the role the tool run_code.'),
  code_execution_mode: lacks('Code runs in a sandbox.'),
  memory: lacks('A role remembers nothing between subtasks but what it is handed.'),
  reasoning: lacks('A model’s own settings say how it reasons.'),
  max_reasoning_attempts: lacks('A model’s own settings say how it reasons.'),
  planning: lacks('A model’s own settings say how it reasons.'),
  planning_config: lacks('A model’s own settings say how it reasons.'),
  multimodal: lacks('Roles are given text.'),
  inject_date: lacks('Write the date into the task.'),
  date_format: lacks('Write the date into the task.'),
  use_system_prompt: lacks('A role’s instructions are its system prompt.', isAnything),
  system_template: lacks('A role’s instructions are its system prompt.'),
  prompt_template: lacks('A role’s instructions are its system prompt.'),
  response_template: lacks('A role’s instructions are its system prompt.'),
  knowledge: lacks('Give the run a folder with --files, and the role the tool files.'),
  knowledge_sources: lacks('Give the run a folder with --files, and the role the tool files.'),
  embedder: lacks('Search in files needs no embeddings.'),
  mcps: lacks('Name servers under mcp of the team, and their tools in the role.'),
  apps: lacks('Name servers under mcp of the team, and their tools in the role.'),
  skills: lacks('Write what the agent knows into the role’s instructions.'),
  a2a: lacks('A role that is an agent elsewhere has its address under a2a.'),
  security_config: lacks('See redact of the team.'),
  step_callback: callback,
  callbacks: callback,
  guardrail: { code: 'guardrail-in-python', message: 'Checks on all results of a role are its accept.' },
  guardrail_max_retries: retries,
};

/** Carried over: description, expected_output, agent, context, output_file, guardrail(s) as text, human_input, async_execution, markdown, name. */
export const leftTaskFields: Readonly<Record<string, LeftField>> = {
  tools: { code: 'tool-in-python', message: 'A task’s own tools are those of its role here. Give them to the role.' },
  callback,
  callbacks: callback,
  output_json: schema,
  output_pydantic: schema,
  response_model: schema,
  converter_cls: schema,
  guardrail_max_retries: retries,
  max_retries: retries,
  retry_count: retries,
  condition: { code: 'callback-in-python', message: 'Whether a conditional task runs is decided by the crew’s Python.' },
  create_directory: lacks('Planwright writes no file of a result by itself.', isAnything),
  input_files: lacks('Give the run a folder with --files.'),
  config: lacks('Write its fields into the task.'),
  allow_crewai_trigger_context: lacks('There is no trigger.'),
  security_config: lacks('See redact of the team.'),
  prompt_context: lacks('Write it into the description.'),
};

export const carriedAgentFields = ['role', 'goal', 'backstory', 'llm', 'tools', 'max_iter', 'max_execution_time'] as const;
export const carriedTaskFields = [
  'description',
  'expected_output',
  'agent',
  'context',
  'output_file',
  'guardrail',
  'guardrails',
  'human_input',
  'async_execution',
  'markdown',
  'name',
] as const;
