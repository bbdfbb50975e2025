/** What a dependency's text states: cited lines under the question they answer, sums, and what was not found. */

import type { Citation } from './citations.ts';
import { findCitations } from './citations.ts';

export interface Statement {
  /** The line as it stands, as a list item. */
  line: string;
  citations: Citation[];
}

export interface FindingSection {
  /** The question; empty when the text names none. */
  part: string;
  statements: Statement[];
}

export interface Findings {
  sections: FindingSection[];
  calculations: string[];
  notFound: string[];
  /** Lines of prose without a citation. */
  uncited: number;
}

export const notFoundPrefix = 'Not found in the files: ';

export const noAnswer = 'Not found: the files do not hold an answer.';

const maxLines = 50_000;
const maxLineChars = 4_000;
/** The line of a sum as calc gives it: numbers, operators and calc's functions on the left. */
const calculation =
  /^(?=.{1,500}$)(?=.*\d.*=)(?:[\d\s.,+*/^%()-]|sqrt|abs|round|floor|ceil|min|max|of)+=\s*-?[\d.,]+(?:e[-+]?\d+)?(?: \(rounded\))?$/;

export function readFindings(text: string): Findings {
  const findings: Findings = { sections: [], calculations: [], notFound: [], uncited: 0 };
  let section: FindingSection = { part: '', statements: [] };
  for (const raw of text.split('\n', maxLines)) {
    const line = raw.slice(0, maxLineChars).trim();
    const heading = /^#{2,6}\s+(.+)$/.exec(line)?.[1];
    const item = line.replace(/^(?:[-*•+]|\d{1,4}[.)])\s+/, '');
    const citations = heading === undefined ? findCitations(line) : [];
    if (heading !== undefined) {
      section = { part: heading, statements: [] };
    } else if (citations.length > 0) {
      if (section.statements.length === 0) findings.sections.push(section);
      section.statements.push({ line: `- ${item}`, citations });
    } else if (item.startsWith(notFoundPrefix)) {
      findings.notFound.push(item.slice(notFoundPrefix.length).replace(/\.$/, ''));
    } else if (calculation.test(item)) {
      findings.calculations.push(item);
    } else if (line !== '' && !/^(?:# |Not found)/.test(line)) {
      findings.uncited += 1;
    }
  }
  return findings;
}
