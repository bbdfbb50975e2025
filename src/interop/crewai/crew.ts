/** A CrewAI crew as its two files have it: what became of each field, and what only its Python could say. */
import type { SourceLocation } from '../../errors.ts';

export const crewProcesses = ['sequential', 'hierarchical'] as const;
export type CrewProcess = (typeof crewProcesses)[number];

export type CrewNoteCode =
  /** No agent is named, or one that is not there: its Python assigns it. */
  | 'unassigned-task'
  | 'unknown-agent'
  | 'unknown-context'
  /** A context that is no earlier task; CrewAI refuses it. */
  | 'later-context'
  /** Names of Python objects. */
  | 'tool-in-python'
  | 'callback-in-python'
  | 'schema-in-python'
  | 'guardrail-in-python'
  | 'manager-in-python'
  | 'llm-unknown'
  | 'missing-text'
  /** A field of CrewAI's without a counterpart here, and one that works otherwise here. */
  | 'no-counterpart'
  | 'differs'
  /** A key that CrewAI does not know either. */
  | 'unknown-key'
  /** The last value counts, as in CrewAI. */
  | 'duplicate-key'
  | 'loose-end'
  | 'renamed-role'
  /** `{two words}` look like a placeholder and are none. */
  | 'no-placeholder'
  /** How many more there are of one file than are listed. */
  | 'more-notes';

/** Something that the import did not carry over as it is. */
export interface CrewNote extends SourceLocation {
  code: CrewNoteCode;
  message: string;
  /** Dotted, below the file: `researcher.tools.0`. */
  path: string;
}

export interface CrewAgent {
  /** The key in agents.yaml. */
  name: string;
  /** The name of its role in the team: the key, where that is a role's name. */
  roleName: string;
  role: string;
  goal: string;
  backstory: string;
  /** As written. */
  llm?: string;
  /** The model spec for `llm`, where there is one. */
  model?: string;
  /** As written; those that are Planwright's built-in ones are also in `knownTools`. */
  tools: string[];
  knownTools: string[];
  allowDelegation?: boolean;
  maxIterations?: number;
  maxSeconds?: number;
}

export interface CrewTask {
  /** The key in tasks.yaml, and the id of the subtask. */
  name: string;
  description: string;
  expectedOutput: string;
  /** The key of an agent that is there, or null. */
  agent: string | null;
  /** Earlier tasks of this crew, each once; null where `context` is not given. */
  context: string[] | null;
  /** What CrewAI would have it given, `context` or not; see crew-context.ts. */
  given: string[];
  isAsync: boolean;
  asksPerson: boolean;
  isMarkdown: boolean;
  outputFile?: string;
  /** What a model judges its result by. */
  guardrails: string[];
}

export interface Crew {
  process: CrewProcess;
  agents: CrewAgent[];
  /** In the order of the file, which is that of a sequential process. */
  tasks: CrewTask[];
  /** `context` entries that name an earlier task. */
  contextEdges: number;
  /** Names of all `{placeholder}` in what CrewAI interpolates, sorted. */
  placeholders: string[];
  notes: CrewNote[];
}
