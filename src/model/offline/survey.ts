/** The main points of files: read their beginnings, quote what introduces them and their sections. */
import type { Citation } from './citations.ts';
import { ReadLines } from './read-lines.ts';
import type { PromptReading } from './read-prompt.ts';
import type { ToolRequest } from './reply.ts';
import type { ScannedUnit } from './scan-lines.ts';
import { isSentence, scanLines } from './scan-lines.ts';

export interface FileSurvey {
  file: string;
  quotes: Citation[];
}

export type SurveyStep = { kind: 'calls'; calls: ToolRequest[] } | { kind: 'answer'; surveys: FileSurvey[] };

/** How much of each file is looked at. */
const linesRead = 200;
const maxPoints = { one: 5, few: 3, many: 2 };

export function survey(files: string[], reading: PromptReading, canCall: boolean): SurveyStep {
  const read = new ReadLines(reading.exchanges);
  const unread = files.filter((file) => !read.wasAsked(file, 1, linesRead));
  if (canCall && unread.length > 0) {
    return {
      kind: 'calls',
      calls: unread.slice(0, 20).map((file) => ({ toolName: 'files_read', input: { path: file, from: 1, to: linesRead } })),
    };
  }
  const limit = files.length === 1 ? maxPoints.one : files.length <= 4 ? maxPoints.few : maxPoints.many;
  const surveys = files.map((file) => ({
    file,
    quotes: mainPoints(file, scanLines(file, read.lines(file, 1, linesRead)), limit),
  }));
  return { kind: 'answer', surveys };
}

/** The first sentence of the file, then the first of each section, the longer sections first when there are too many. */
function mainPoints(path: string, units: ScannedUnit[], limit: number): Citation[] {
  const firsts: { unit: ScannedUnit; size: number }[] = [];
  let fresh = true;
  for (const unit of units) {
    if (unit.kind === 'heading') fresh = true;
    const opened = firsts.at(-1);
    if (isPoint(unit) && fresh) {
      firsts.push({ unit, size: 1 });
      fresh = false;
    } else if (opened !== undefined && unit.kind !== 'heading') {
      opened.size += unit.text.length;
    }
  }
  const rest = units.filter((unit) => isPoint(unit) && firsts.every((first) => first.unit !== unit));
  const [intro, ...sections] = firsts;
  const chosen = [intro?.unit, ...sections.toSorted((a, b) => b.size - a.size).map((section) => section.unit), ...rest].filter(
    (unit) => unit !== undefined,
  );
  const points =
    chosen.length > 0
      ? chosen
      : units.filter((unit) => unit.kind !== 'heading' && /\p{L}{3}/u.test(unit.text) && !/[:{[(]$/.test(unit.text));
  return points
    .slice(0, limit)
    .toSorted((a, b) => a.from - b.from)
    .map((unit) => ({ path, from: unit.from, to: unit.to, quote: unit.text }));
}

function isPoint(unit: ScannedUnit): boolean {
  return (unit.kind === 'prose' || unit.kind === 'item') && isSentence(unit.text) && !unit.text.endsWith('?');
}
