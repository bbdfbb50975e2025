/**
 * The writer's work: one report from everybody's results. Nothing enters it but cited lines, sums and what was not
 * found; with a critic among the results only what it confirmed.
 */

import type { Citation } from './citations.ts';
import { findCitations, findPlaces, formatPlace } from './citations.ts';
import type { FindingSection, Findings, Statement } from './read-findings.ts';
import { noAnswer, notFoundPrefix, readFindings } from './read-findings.ts';
import type { Dependency } from './read-sections.ts';
import { splitTask, topicOf } from './split-task.ts';

export interface Assembly {
  task: string;
  dependencies: Dependency[];
  /** A verdict on an earlier attempt: the places it names are left out. */
  feedback: string;
}

/** A critic's line: the offline critic names the place alone, others also give the quote before it. */
const verdictLine = /^\s*(?:[-*]\s+)?\**(confirmed|rejected)\b/i;
const placeAlone = /^- (?:confirmed|rejected) \[(.{1,1000}?):(\d{1,9})(?:-(\d{1,9}))?\](?::|$)/;
const maxTitleChars = 120;

export function assembleReport({ task, dependencies, feedback }: Assembly): string {
  const verdicts = readVerdicts(dependencies);
  const named = findPlaces(feedback);
  const merged = mergeFindings(dependencies.filter((dependency) => !isVerdict(dependency.text)));
  const stands = (citation: Citation) => {
    const at = formatPlace(citation);
    return !named.has(at) && !verdicts.rejected.has(at) && (!verdicts.present || verdicts.confirmed.has(at));
  };
  let leftOut = 0;
  const sections = merged.sections.map((section): FindingSection => {
    const statements = section.statements.filter((statement) => statement.citations.every(stands));
    leftOut += section.statements.length - statements.length;
    return { part: section.part, statements };
  });
  const emptied = sections
    .filter((section) => section.statements.length === 0 && section.part !== '')
    .map((section) => section.part);
  const filled = sections.filter((section) => section.statements.length > 0);
  const answered = new Set(filled.map((section) => section.part));
  return writeReport({
    title: titleOf(task),
    sections: inTaskOrder(filled, task),
    calculations: [...new Set(merged.calculations)],
    notFound: [...new Set([...merged.notFound, ...emptied])].filter((part) => !answered.has(part)),
    notes: [
      ...(leftOut > 0 ? [`Not found again where they were cited, and left out: ${count(leftOut, 'statement')}.`] : []),
      ...(merged.uncited > 0 ? [`Not found to be cited, and left out: ${count(merged.uncited, 'line')}.`] : []),
    ],
  });
}

export interface Report {
  title: string;
  sections: FindingSection[];
  calculations: string[];
  notFound: string[];
  notes: string[];
}

export function writeReport(report: Report): string {
  const blocks = [`# ${report.title}`];
  const nothing = report.sections.length === 0 && report.calculations.length === 0;
  if (nothing) blocks.push(noAnswer);
  for (const section of report.sections) {
    blocks.push(
      ...(section.part === '' ? [] : [`## ${headingOf(section.part)}`]),
      section.statements.map((statement) => statement.line).join('\n'),
    );
  }
  if (report.calculations.length > 0) blocks.push('## Calculations', report.calculations.map((sum) => `- ${sum}`).join('\n'));
  if (report.notFound.length > 0) {
    if (!nothing) blocks.push('## Not found');
    blocks.push(report.notFound.map((part) => `- ${notFoundPrefix}${part}`).join('\n'));
  }
  return [...blocks, ...report.notes].join('\n\n');
}

/** A task as a title: what it is about, cut at a word's end. */
export function titleOf(task: string): string {
  const topic = topicOf(task);
  const short = topic.length <= maxTitleChars ? topic : `${topic.slice(0, maxTitleChars).replace(/\s+\S*$/, '')} …`;
  return headingOf(short) || 'Report';
}

/** With a capital letter, unless it begins with a file's path or a name from code. */
export function headingOf(part: string): string {
  return /^\S*[./_]\S|^\p{Ll}+\p{Lu}/u.test(part) ? part : `${part.slice(0, 1).toUpperCase()}${part.slice(1)}`;
}

interface Verdicts {
  present: boolean;
  confirmed: Set<string>;
  rejected: Set<string>;
}

function isVerdict(text: string): boolean {
  return /^(?:\s*(?:[-*]\s+)?\**(?:confirmed|rejected)\b|Checked \d+ citations:)/im.test(text);
}

function readVerdicts(dependencies: Dependency[]): Verdicts {
  const verdicts: Verdicts = { present: false, confirmed: new Set(), rejected: new Set() };
  for (const { text } of dependencies) {
    if (!isVerdict(text)) continue;
    verdicts.present = true;
    for (const line of text.split('\n')) {
      const shown = line.slice(0, 4000).trimEnd();
      const kind = verdictLine.exec(shown)?.[1]?.toLowerCase();
      if (kind === undefined) continue;
      const [, path, from, to] = placeAlone.exec(shown) ?? [];
      const places = path === undefined ? findCitations(shown) : [{ path, from: Number(from), to: Number(to ?? from) }];
      for (const place of places) (kind === 'confirmed' ? verdicts.confirmed : verdicts.rejected).add(formatPlace(place));
    }
  }
  return verdicts;
}

/** Sections of the same part become one; a line stands once. */
function mergeFindings(dependencies: Dependency[]): Findings {
  const merged: Findings = { sections: [], calculations: [], notFound: [], uncited: 0 };
  const byPart = new Map<string, Statement[]>();
  const seen = new Set<string>();
  for (const { text } of dependencies) {
    const findings = readFindings(text);
    merged.calculations.push(...findings.calculations);
    merged.notFound.push(...findings.notFound);
    merged.uncited += findings.uncited;
    for (const section of findings.sections) {
      const key = section.part.toLowerCase();
      const statements = byPart.get(key) ?? [];
      if (!byPart.has(key)) merged.sections.push({ part: section.part, statements });
      byPart.set(key, statements);
      for (const statement of section.statements) {
        if (seen.has(`${key}\n${statement.line}`)) continue;
        seen.add(`${key}\n${statement.line}`);
        statements.push(statement);
      }
    }
  }
  return merged;
}

/** The parts of the task first, in its order; whatever else was found after them, as it came. */
function inTaskOrder(sections: FindingSection[], task: string): FindingSection[] {
  const order = new Map(splitTask(task).map((part, at) => [nameOf(part.text), at]));
  const rank = (section: FindingSection) => order.get(nameOf(section.part)) ?? order.size;
  return [...sections].toSorted((a, b) => rank(a) - rank(b));
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** A part's text without its case and its closing mark: a plan written by hand may give it another. */
function nameOf(part: string): string {
  return part.toLowerCase().replace(/[\s?.!]+$/, '');
}
