/** Which rules answer a call: the plan's, the replan's, or those of one subtask, chosen by its instruction and its tools. */
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { assembleReport } from './assemble.ts';
import type { Citation } from './citations.ts';
import { formatCitation } from './citations.ts';
import { critique } from './critique.ts';
import { fillSchema } from './fill-schema.ts';
import { calculate, workAlone } from './generalist.ts';
import { readAssignment } from './instructions.ts';
import { offlineNotice, refuse } from './offline-notice.ts';
import type { DraftPlan } from './plan-by-rules.ts';
import { planByRules } from './plan-by-rules.ts';
import { notFoundPrefix } from './read-findings.ts';
import { readPlanRequest, readReplanRequest } from './read-plan-request.ts';
import type { PromptReading } from './read-prompt.ts';
import { readPrompt } from './read-prompt.ts';
import type { ExecuteSections } from './read-sections.ts';
import { readExecuteSections } from './read-sections.ts';
import { replanByRules } from './replan-by-rules.ts';
import type { Reply } from './reply.ts';
import { textReply } from './reply.ts';
import { research } from './research.ts';
import { survey } from './survey.ts';
import { isObject } from './tool-shapes.ts';

/** Rounds of tool calls in one conversation; then what is at hand has to do. */
const maxSteps = 6;

export function answer(options: LanguageModelV4CallOptions): Reply {
  const reading = readPrompt(options.prompt);
  const format = options.responseFormat?.type === 'json' ? options.responseFormat : undefined;
  const sections = readExecuteSections(reading.firstRequest);
  if (format?.name === 'plan') return planReply(planByRules(readPlanRequest(reading.lastRequest), maxItems(format.schema)));
  if (format?.name === 'revision') return planReply(replanByRules(readReplanRequest(reading.lastRequest)));
  const canCall = reading.steps < maxSteps && options.toolChoice?.type !== 'none';
  const reply = execute(sections, { reading, tools: toolNames(options), canCall });
  const schema = sections.outputSchema ?? (format === undefined ? undefined : (format.schema ?? {}));
  if (schema === undefined || reply.kind === 'tool-calls') return reply;
  const text = reply.chunks.join('');
  return textReply(
    fillSchema(text, schema) ?? `${offlineNotice}\n\nIt cannot fill this answer's schema. What it found, as text:\n\n${text}`,
  );
}

interface Situation {
  reading: PromptReading;
  tools: Set<string>;
  /** False at the last step: then what is at hand has to do. */
  canCall: boolean;
}

function execute(sections: ExecuteSections, { reading, tools, canCall }: Situation): Reply {
  const { dependencies, instruction, feedback } = sections;
  const assignment = readAssignment(instruction);
  const canSearch = tools.has('files_search');
  switch (assignment.kind) {
    case 'calculate':
      if (tools.has('calc')) return calculateReply(assignment.expression, reading, canCall);
      break;
    case 'survey':
      if (tools.has('files_read')) return surveyReply(assignment.files, reading, canCall);
      break;
    case 'research':
      if (canSearch) return researchReply(assignment, { reading, feedback, canCall, canRead: tools.has('files_read') });
      break;
    case 'check':
      if (dependencies.length > 0) return critique(dependencies, reading, canCall && tools.has('files_read'));
      break;
    case 'write':
      if (dependencies.length > 0) return writeReply(sections, reading.system, assignment.task);
      break;
    case 'request':
      if (dependencies.length > 0 && !canSearch) return writeReply(sections, reading.system, instruction);
      break;
  }
  const asked = assignment.kind === 'research' ? assignment.part : instruction;
  if (canSearch || tools.has('calc')) return workAlone({ task: asked, feedback, reading, tools, canCall });
  return dependencies.length > 0 ? writeReply(sections, reading.system, instruction) : textReply(refuse(asked));
}

function researchReply(
  { part, file }: { part: string; file?: string },
  { reading, feedback, canCall, canRead }: { reading: PromptReading; feedback: string; canCall: boolean; canRead: boolean },
): Reply {
  const step = research(file === undefined ? { part } : { part, file }, reading, feedback, { canRead, canCall });
  if (step.kind === 'calls') return { kind: 'tool-calls', calls: step.calls };
  return textReply(sectionOf(file === undefined ? part : `${part} (${file})`, step.quotes));
}

function surveyReply(files: string[], reading: PromptReading, canCall: boolean): Reply {
  const step = survey(files, reading, canCall);
  if (step.kind === 'calls') return { kind: 'tool-calls', calls: step.calls };
  return textReply(step.surveys.map(({ file, quotes }) => sectionOf(file, quotes)).join('\n\n'));
}

function sectionOf(part: string, quotes: Citation[]): string {
  const heading = part.replace(/\s+/g, ' ').trim();
  if (quotes.length === 0) return `${notFoundPrefix}${heading.replace(/\.$/, '')}${/[?!]$/.test(heading) ? '' : '.'}`;
  return [`## ${heading}`, '', ...quotes.map(formatCitation)].join('\n');
}

function calculateReply(expression: string, reading: PromptReading, canCall: boolean): Reply {
  const sum = calculate(expression, { reading, canCall });
  return typeof sum === 'string'
    ? textReply(sum)
    : sum.length > 0
      ? { kind: 'tool-calls', calls: sum }
      : textReply(`Not calculated: ${expression}`);
}

/** The task as the system prompt names it, else the instruction's own words. */
function writeReply({ dependencies, feedback }: ExecuteSections, system: string, instructed: string): Reply {
  const named = /^Task: ?(.+)$/m.exec(system.slice(0, 200_000))?.[1];
  return textReply(assembleReport({ task: named ?? instructed, dependencies, feedback }));
}

/** One chunk an element, so that a stream hands over each subtask when it is complete. */
function planReply({ subtasks, deliverable }: DraftPlan): Reply {
  const elements = subtasks.map((subtask, at) => `${at === 0 ? '' : ','}${JSON.stringify(subtask)}`);
  return { kind: 'text', chunks: ['{"subtasks":[', ...elements, `],"deliverable":${JSON.stringify(deliverable)}}`] };
}

function maxItems(schema: unknown): number | undefined {
  const properties = isObject(schema) ? schema.properties : undefined;
  const subtasks = isObject(properties) ? properties.subtasks : undefined;
  const limit = isObject(subtasks) ? subtasks.maxItems : undefined;
  return typeof limit === 'number' && limit >= 3 ? limit : undefined;
}

function toolNames(options: LanguageModelV4CallOptions): Set<string> {
  return new Set((options.tools ?? []).flatMap((tool) => (tool.type === 'function' ? [tool.name] : [])));
}
