/** Files whose first lines are read for a question, whatever a search ranks first. */
import { documentKind } from '../../documents/document-kind.ts';
import type { Evidence } from './evidence.ts';
import type { Question } from './question.ts';
import { scanLines } from './scan-lines.ts';
import type { SearchHit } from './tool-shapes.ts';
import { sameTerm, termsOf } from './words.ts';

const introductionLines = 30;
/** The most that files_read gives at once. */
const wholeFileLines = 200;

/** The first sentences of some files: a search ranks them below shorter mentions, or finds other files first. */
export function beginnings(question: Question, evidence: Evidence): SearchHit[] {
  return filesToBegin(question, evidence).flatMap(({ path, title, lines }) =>
    scanLines(path, evidence.read.lines(path, 1, lines))
      .filter((unit) => unit.kind !== 'heading' && (unit.kind === 'prose' || path === evidence.file))
      .map((unit) => ({
        path,
        line: unit.from,
        endLine: unit.to,
        text: unit.text,
        heading: title,
        score: 0,
        coverage: 0,
        matched: [],
      })),
  );
}

export interface FileBeginning {
  path: string;
  title: string;
  /** How many lines of it are looked at. */
  lines: number;
}

/** The file that is asked for, else files of the hits whose topmost heading or name holds every topic of a definition's question. */
export function filesToBegin(question: Question, { searches, file }: Evidence): FileBeginning[] {
  if (file !== undefined) return [{ path: file, title: '', lines: wholeFileLines }];
  if (question.kind !== 'definition') return [];
  const topics = question.terms.filter((term) => term.share === 1);
  const titles = new Map(
    searches.flatMap((search) => search.hits.map((hit): [string, string] => [hit.path, hit.heading.split(' › ', 1)[0] ?? ''])),
  );
  const named = [...titles].filter(([path, title]) => {
    const words = termsOf(`${title} ${path}`);
    return topics.length > 0 && topics.every((topic) => words.some((word) => sameTerm(word, topic.term)));
  });
  return named.slice(0, 2).map(([path, title]) => ({ path, title, lines: introductionLines }));
}
/** How each file begins, as far as searches and reads have shown it: what a whole file of code is about. */
export function titlesOf({ searches, read }: Evidence): Map<string, string> {
  const titles = new Map<string, string>();
  for (const hit of searches.flatMap((search) => search.hits)) {
    const begun =
      hit.line <= 3
        ? hit.text
        : read
            .lines(hit.path, 1, 3)
            .map((line) => line.text)
            .join(' ');
    if (begun !== '' && documentKind(hit.path) === 'source') titles.set(hit.path, begun.slice(0, 500));
  }
  return titles;
}
