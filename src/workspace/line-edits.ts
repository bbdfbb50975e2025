/** How one text became another, by lines. A line keeps its ending, so LF, CRLF and a missing last newline survive. */
import diffModule from '@jest/diff-sequences';

/** The package's types describe its CommonJS form; what Node imports is its default export itself. */
const diffSequences = diffModule as unknown as typeof diffModule.default;

/** Lines [start, end) of the first text, from 0, are replaced by `lines`. */
export interface LineEdit {
  start: number;
  end: number;
  lines: readonly string[];
}

/** Beyond it a file is treated as binary: nobody reads its diff. */
const maxLines = 1_000_000;
/**
 * Comparisons of two lines before a diff is given up and the differing middle taken as one edit: about 0.1 s. A count and
 * not a time, so that every machine gives the same edits.
 */
const maxComparisons = 5_000_000;

/** The text of a file that is UTF-8 without NUL and has at most a million lines; null for any other: it is binary. */
export function decodeText(bytes: Uint8Array): string | null {
  if (bytes.includes(0) || countLines(bytes) > maxLines) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Each with its ending; the last may have none. Joined they are the text. */
export function splitLines(text: string): string[] {
  const lines: string[] = [];
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline + 1;
    lines.push(text.slice(start, end));
    start = end;
  }
  return lines;
}

/** In order, with an unchanged line between each two. The same texts give the same edits. */
export function diffLines(before: readonly string[], after: readonly string[]): LineEdit[] {
  let head = 0;
  const shorter = Math.min(before.length, after.length);
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const edits: LineEdit[] = [];
  const end = { before: before.length - tail, after: after.length - tail };
  let at = { before: head, after: head };
  const closeAt = (next: { before: number; after: number }) => {
    if (next.before > at.before || next.after > at.after) {
      edits.push({ start: at.before, end: next.before, lines: after.slice(at.after, next.after) });
    }
  };
  for (const { length, before: inBefore, after: inAfter } of findCommon(
    before.slice(head, end.before),
    after.slice(head, end.after),
  )) {
    closeAt({ before: head + inBefore, after: head + inAfter });
    at = { before: head + inBefore + length, after: head + inAfter + length };
  }
  closeAt(end);
  return edits;
}

/** The first text with the edits made. */
export function applyEdits(before: readonly string[], edits: readonly LineEdit[]): string {
  const pieces: string[] = [];
  let at = 0;
  for (const { start, end, lines } of edits) {
    for (let line = at; line < start; line += 1) pieces.push(before[line] ?? '');
    for (const line of lines) pieces.push(line);
    at = end;
  }
  for (let line = at; line < before.length; line += 1) pieces.push(before[line] ?? '');
  return pieces.join('');
}

interface CommonRun {
  length: number;
  before: number;
  after: number;
}

class TooDifferent extends Error {}

/** Runs of lines that both have, in order (Myers 1986, linear space); none when that would take too many comparisons. */
function findCommon(before: readonly string[], after: readonly string[]): CommonRun[] {
  if (before.length === 0 || after.length === 0) return [];
  const numbers = new Map<string, number>();
  const numberOf = (line: string) => {
    const known = numbers.get(line) ?? numbers.size;
    numbers.set(line, known);
    return known;
  };
  const left = Int32Array.from(before, numberOf);
  const right = Int32Array.from(after, numberOf);
  const runs: CommonRun[] = [];
  let comparisons = 0;
  const isCommon = (inLeft: number, inRight: number) => {
    comparisons += 1;
    if (comparisons > maxComparisons) throw new TooDifferent();
    return left[inLeft] === right[inRight];
  };
  try {
    diffSequences(left.length, right.length, isCommon, (length, inLeft, inRight) => {
      runs.push({ length, before: inLeft, after: inRight });
    });
  } catch (thrown) {
    if (thrown instanceof TooDifferent) return [];
    throw thrown;
  }
  return runs;
}

function countLines(bytes: Uint8Array): number {
  let lines = 1;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines += 1;
  return lines;
}
