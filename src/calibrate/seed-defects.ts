/**
 * Known defects for accepted work: the same text with one small change that makes it wrong. What was accepted may have been wrong
 * before, and now and then a change makes no difference (a bound that is never reached): a share of such works is an error of
 * the truth, not of the critic. Where tests exist, `calibrateCode` tells those that are none.
 */
import type { Random } from '../clock.ts';
import { PlanwrightError } from '../errors.ts';
import { parseCitations } from '../verify/citations.ts';
import { type Code, type CodeDefectKind, codeDefectKinds, findCodeEdits, openCode } from './code-edits.ts';
import { codeLanguageOf, findCodeRegions } from './code-regions.ts';
import type { DefectEdit } from './defect-edit.ts';
import type { CodeLanguage } from './mask-code.ts';
import { findReportEdits, openReport, type Report, type ReportDefectKind, reportDefectKinds } from './report-edits.ts';

export type DefectKind = CodeDefectKind | ReportDefectKind;

/** A text with one defect. */
export interface SeededDefect {
  kind: DefectKind;
  /** The whole text, changed. */
  text: string;
  /** Of the change in the text as it was, from 1; columns count UTF-16 units. */
  line: number;
  column: number;
  was: string;
  became: string;
}

export interface SeedDefectsOptions {
  /** Default: the kinds of code in code, those of reports in a text with citations. */
  kinds?: readonly DefectKind[];
  /** Which places are taken. */
  random: Random;
  /** Mutants of each kind, where the text has so many places. Default 1. */
  perKind?: number;
  /** Of a text that is code as a whole: `js`, `ts`, `py` and their long names. Default: the text tells; fenced blocks tell it themselves. */
  language?: string;
}

/** Longer work is not searched. */
const maxCharacters = 1_000_000;
/** Places of a kind that are drawn from, and tries to make one mutant. */
const maxPlaces = 10_000;
const maxTries = 20;

/** Every kind, code's first. */
export const defectKinds: readonly DefectKind[] = [...codeDefectKinds, ...reportDefectKinds];

/**
 * Mutants in the order of `kinds`; none of a kind that the text has no place for, so a text without code or citations gives an
 * empty list. The same random gives the same mutants.
 * @throws {PlanwrightError} `usage` for a kind that there is not.
 */
export function seedDefects(text: string, options: SeedDefectsOptions): SeededDefect[] {
  const { random, perKind = 1, kinds = defectKinds, language = '' } = options;
  const unknown = kinds.find((kind) => !defectKinds.includes(kind));
  if (unknown !== undefined)
    throw new PlanwrightError('usage', `Unknown kind of defect: ${unknown}. Known: ${defectKinds.join(', ')}.`);
  if (text.length > maxCharacters) return [];
  const material = openMaterial(text, codeLanguageOf(language));
  const seen = new Set([text]);
  const defects: SeededDefect[] = [];
  for (const kind of new Set(kinds)) {
    let left = perKind;
    let tries = perKind * maxTries;
    for (const edit of drawInOrder(listEdits(material, kind, random), random)) {
      if (tries <= 0) break;
      tries -= 1;
      const mutant = apply(text, edit, kind);
      if (seen.has(mutant.text) || !keepsCitations(text, mutant)) continue;
      seen.add(mutant.text);
      defects.push(mutant);
      left -= 1;
      if (left <= 0) break;
    }
  }
  return defects;
}

interface Material {
  report: Report;
  /** `start`: where each stands in the text. */
  codes: { start: number; code: Code }[];
}

function openMaterial(text: string, language: CodeLanguage | undefined): Material {
  const codes = findCodeRegions(text, language).map(({ start, end, language: own }) => ({
    start,
    code: openCode(text.slice(start, end), own),
  }));
  return { report: openReport(text), codes };
}

function listEdits({ report, codes }: Material, kind: DefectKind, random: Random): DefectEdit[] {
  if (!isCodeKind(kind)) return take(findReportEdits(report, kind, random), 0, maxPlaces);
  const edits: DefectEdit[] = [];
  for (const { start, code } of codes) edits.push(...take(findCodeEdits(code, kind), start, maxPlaces - edits.length));
  return edits;
}

function take(found: Iterable<DefectEdit>, offset: number, most: number): DefectEdit[] {
  const edits: DefectEdit[] = [];
  for (const edit of found) {
    if (edits.length >= most) break;
    edits.push({ ...edit, start: edit.start + offset, end: edit.end + offset });
  }
  return edits;
}

function isCodeKind(kind: DefectKind): kind is CodeDefectKind {
  return codeDefectKinds.some((known) => known === kind);
}

/** The items in a drawn order, drawn as far as they are asked for. */
function* drawInOrder<Item>(items: readonly Item[], random: Random): Generator<Item> {
  const left = [...items];
  while (left.length > 0) {
    const at = Math.floor(random.next() * left.length);
    const [drawn] = left.splice(at, 1, left.at(-1) as Item);
    left.pop();
    if (drawn !== undefined) yield drawn;
  }
}

function apply(text: string, { start, end, replacement }: DefectEdit, kind: DefectKind): SeededDefect {
  const before = text.slice(0, start);
  return {
    kind,
    text: before + replacement + text.slice(end),
    line: before.split('\n').length,
    column: start - before.lastIndexOf('\n'),
    was: text.slice(start, end),
    became: replacement,
  };
}

/** A change of a report leaves as many citations as there were: a defect in them is to be seen, not to be hidden. */
function keepsCitations(text: string, { kind, text: changed }: SeededDefect): boolean {
  return isCodeKind(kind) || parseCitations(changed).length === parseCitations(text).length;
}
