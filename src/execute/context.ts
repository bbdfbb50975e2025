/**
 * What an executor is told. Stable parts come first, so that providers can reuse their caches: role, team, task; then
 * the dependencies in order of their ids; then the instruction. Data is fenced by tags that it can't close itself. How much
 * of a result is shown is decided before (handoff/hand-over.ts).
 */
import type { Json } from '../json.ts';
import type { Role } from '../team/team.ts';
import type { ToolInput } from './tool-input.ts';

export interface DependencyOutput {
  subtaskId: string;
  role: string;
  output: Json;
  /** What is shown is cut: `output` is its digest. */
  isDigest?: boolean;
}

/** A subtask that ended without a result. */
export interface FailedDependency {
  subtaskId: string;
  role: string;
  reason: string;
}

/** One of the list that a mapped subtask runs over. */
export interface ContextItem {
  /** From 0. */
  index: number;
  of: number;
  text: string;
  isDigest: boolean;
}

export interface ExecutorContext {
  role: Role;
  task: string;
  instruction: string;
  dependencies: DependencyOutput[];
  item?: ContextItem;
  /** Results that are there to be read and of which nothing is shown, in words. */
  unseen?: string;
  /** What it was to build on and has no result of, where it takes that. */
  failed?: FailedDependency[];
  /** References of the instruction that no result answers, as they are written. */
  missing?: string[];
  /** Whole texts of what is cut, by the name that `read_result` takes. */
  sources?: ReadonlyMap<string, string>;
  /** The verdict on the attempt before. */
  feedback?: string;
  /** What this work takes for granted. */
  ownAssumptions?: string[];
  /** What later work takes for granted about this result. */
  assumptions?: string[];
  /** Of a role that is one tool: the instruction as its input, with the data that it refers to. */
  toolInput?: ToolInput;
  /** The form the answer must have, as a JSON Schema. */
  outputSchema?: Json;
}

export interface PromptText {
  instructions: string;
  prompt: string;
}

/** A task longer than this is cut in the prompts of executors: their instruction is what they work on. */
const taskCharacters = 2000;

export function layOutContext(context: ExecutorContext): PromptText {
  const { role, task, instruction, feedback, ownAssumptions, assumptions, outputSchema } = context;
  const instructions = task === instruction ? role.instructions : `${role.instructions}\n\nTask: ${cut(task, taskCharacters)}`;
  const parts = context.dependencies
    .toSorted((a, b) => compareIds(a.subtaskId, b.subtaskId))
    .map(({ subtaskId, role: from, output, isDigest }) =>
      tag('dependency', textOf(output), ` id="${subtaskId}" role="${from}"${isDigest === true ? ' digest="true"' : ''}`),
    );
  for (const { subtaskId, role: from, reason } of context.failed ?? []) {
    parts.push(tag('failed', reason, ` id="${subtaskId}" role="${from}"`));
  }
  if (context.unseen !== undefined) parts.push(tag('unseen_results', context.unseen));
  if (context.item !== undefined) parts.push(layOutItem(context.item));
  parts.push(tag('instruction', instruction));
  if (context.missing !== undefined) parts.push(tag('missing', describeMissing(context.missing)));
  if (ownAssumptions !== undefined) {
    parts.push(
      tag(
        'assumes',
        `This work assumes what follows. If what you were given contradicts it, call report_contradiction and stop.\n${list(ownAssumptions)}`,
      ),
    );
  }
  if (assumptions !== undefined) {
    parts.push(
      tag(
        'assumptions',
        `Later work assumes this. If what you find contradicts it, call report_contradiction.\n${list(assumptions)}`,
      ),
    );
  }
  if (outputSchema !== undefined) {
    parts.push(tag('output_schema', `Answer with JSON of this schema and nothing else:\n${JSON.stringify(outputSchema)}`));
  }
  if (feedback !== undefined) parts.push(tag('feedback', `The answer before was not accepted: ${feedback}`));
  return { instructions, prompt: parts.join('\n') };
}

function layOutItem({ index, of, text, isDigest }: ContextItem): string {
  return tag('item', text, ` number="${index + 1}" of="${of}"${isDigest ? ' digest="true"' : ''}`);
}

function describeMissing(missing: readonly string[]): string {
  const named = [...new Set(missing)].join(' ');
  return `The instruction names these, and no result that you were given answers to them: ${named}\nWhere it means data, that data is missing: say so, and don't make it up.`;
}

/** A section of a prompt. Text that tries to close its own section is kept from doing so. */
export function tag(name: string, text: string, attributes = ''): string {
  return `<${name}${attributes}>\n${text.replaceAll(`</${name}`, `<\\/${name}`)}\n</${name}>`;
}

function list(lines: string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

export function textOf(output: Json): string {
  return typeof output === 'string' ? output : JSON.stringify(output);
}

/** Characters ÷ 4: the estimate used wherever no provider has counted. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

/** Numbers by value, then text: 2 before 10. */
function compareIds(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

function cut(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, characters)} … (${text.length - characters} more characters)`;
}
