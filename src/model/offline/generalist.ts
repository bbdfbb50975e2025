/**
 * One agent for the whole task: every part is searched and every sum is calculated in the same round, what is cited is
 * read where it stands, and the report is written at once.
 */
import { standsIn } from '../../verify/quotes.ts';
import { titleOf, writeReport } from './assemble.ts';
import type { Citation } from './citations.ts';
import { findPlaces, formatCitation } from './citations.ts';
import { groupFiles } from './group-files.ts';
import type { FindingSection } from './read-findings.ts';
import { ReadLines } from './read-lines.ts';
import type { PromptReading } from './read-prompt.ts';
import type { Reply, ToolRequest } from './reply.ts';
import { textReply } from './reply.ts';
import { research } from './research.ts';
import { splitTask } from './split-task.ts';
import { survey } from './survey.ts';
import { readCalculation, readList } from './tool-shapes.ts';

export interface Generalist {
  task: string;
  feedback: string;
  reading: PromptReading;
  tools: Set<string>;
  canCall: boolean;
}

const maxFilesSurveyed = 12;
const maxCallsPerStep = 40;

interface Finding {
  part: string;
  quotes: Citation[];
}

export function workAlone(work: Generalist): Reply {
  const calls: ToolRequest[] = [];
  const findings: Finding[] = [];
  const calculations: string[] = [];
  const notes: string[] = [];
  for (const part of splitTask(work.task)) {
    if (part.kind === 'calculation' && work.tools.has('calc')) {
      const sum = calculate(part.expression, work);
      if (typeof sum === 'string') calculations.push(sum);
      else calls.push(...sum);
    } else if (part.kind === 'calculation') {
      notes.push(`Not calculated, for want of a calculator: ${part.expression}`);
    } else if (part.kind === 'survey' || part.perFile) {
      const step = eachFile(part.kind === 'survey' ? undefined : part.text, work);
      calls.push(...step.calls);
      findings.push(...step.findings);
    } else {
      const step = research({ part: part.text }, work.reading, work.feedback, {
        canRead: work.tools.has('files_read'),
        canCall: work.canCall,
      });
      if (step.kind === 'calls') calls.push(...step.calls);
      else findings.push({ part: part.text, quotes: step.quotes });
    }
  }
  if (work.canCall && calls.length > 0) return { kind: 'tool-calls', calls: distinct(calls).slice(0, maxCallsPerStep) };
  return textReply(report(work, findings, calculations, notes));
}

/** The `expression = value` line, or the call that gives it; why there is none when it failed. */
export function calculate(
  expression: string,
  { reading, canCall }: Pick<Generalist, 'reading' | 'canCall'>,
): string | ToolRequest[] {
  const exchange = reading.exchanges.findLast(
    (candidate) => candidate.toolName === 'calc' && candidate.input.expression === expression,
  );
  if (exchange === undefined) return canCall ? [{ toolName: 'calc', input: { expression } }] : [];
  return (
    readCalculation(exchange.result) ??
    `Not calculated: ${expression}${exchange.error === undefined ? '' : ` (${exchange.error.slice(0, 200)})`}`
  );
}

/** The main points of every file, or the answer of every file to `question`. */
function eachFile(question: string | undefined, work: Generalist): { calls: ToolRequest[]; findings: Finding[] } {
  const listing = work.reading.exchanges.find((exchange) => exchange.toolName === 'files_list');
  if (listing === undefined && work.tools.has('files_list') && work.canCall)
    return { calls: [{ toolName: 'files_list', input: {} }], findings: [] };
  const paths = (readList(listing?.result) ?? []).map((file) => file.path);
  const files = question === undefined ? groupFiles(paths).flatMap((group) => group.files.slice(0, 3)) : paths;
  const chosen = files.slice(0, maxFilesSurveyed);
  if (question === undefined) {
    const step = survey(chosen, work.reading, work.canCall && work.tools.has('files_read'));
    if (step.kind === 'calls') return { calls: step.calls, findings: [] };
    return { calls: [], findings: step.surveys.map(({ file, quotes }) => ({ part: file, quotes })) };
  }
  const calls: ToolRequest[] = [];
  const findings: Finding[] = [];
  for (const file of chosen) {
    const step = research({ part: question, file }, work.reading, work.feedback, {
      canRead: work.tools.has('files_read'),
      canCall: work.canCall,
    });
    if (step.kind === 'calls') calls.push(...step.calls);
    else findings.push({ part: `${question} (${file})`, quotes: step.quotes });
  }
  return { calls, findings };
}

function report(work: Generalist, findings: Finding[], calculations: string[], notes: string[]): string {
  const read = new ReadLines(work.reading.exchanges);
  const dropped = findPlaces(work.feedback);
  const sections: FindingSection[] = [];
  const notFound: string[] = [];
  for (const { part, quotes } of findings) {
    const standing = quotes.filter((quote) => isRead(quote, read, work) && !dropped.has(`[${quote.path}:${quote.from}]`));
    if (standing.length === 0) notFound.push(part);
    else
      sections.push({
        part,
        statements: standing.map((citation) => ({ line: formatCitation(citation), citations: [citation] })),
      });
  }
  return writeReport({
    title: titleOf(work.task),
    sections,
    calculations: [...new Set(calculations)],
    notFound: [...new Set(notFound)],
    notes,
  });
}

/** True when the quote was seen where it stands; what could not be read the search has to be believed for. */
function isRead({ path, from, to, quote }: Citation, read: ReadLines, { tools, canCall }: Generalist): boolean {
  const lines = read.lines(path, from, to);
  if (lines.length === 0 && (!tools.has('files_read') || !canCall)) return true;
  return standsIn(
    quote,
    lines.map((line) => line.text),
  );
}

function distinct(calls: ToolRequest[]): ToolRequest[] {
  return [...new Map(calls.map((call) => [JSON.stringify([call.toolName, call.input]), call])).values()];
}
