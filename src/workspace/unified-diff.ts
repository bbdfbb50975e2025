/** Edits of a text in the unified form of diff(1) and Git. */
import type { LineEdit } from './line-edits.ts';

/** Unchanged lines shown around a change. */
const contextLines = 3;

/**
 * The hunks, without file headers, line by line and without line ends (a CRLF's CR stays). `\ No newline at end of file`
 * follows a last line without one.
 */
export function* unifiedHunks(before: readonly string[], edits: readonly LineEdit[]): Generator<string> {
  let shift = 0;
  for (const group of groupEdits(edits)) {
    const [first, last] = [group[0], group.at(-1)];
    if (first === undefined || last === undefined) continue;
    const start = Math.max(0, first.start - contextLines);
    const end = Math.min(before.length, last.end + contextLines);
    const growth = group.reduce((sum, edit) => sum + edit.lines.length - (edit.end - edit.start), 0);
    yield `@@ -${describeRange(start, end - start)} +${describeRange(start + shift, end - start + growth)} @@`;
    let at = start;
    for (const edit of group) {
      yield* mark(' ', before, at, edit.start);
      yield* mark('-', before, edit.start, edit.end);
      yield* mark('+', edit.lines, 0, edit.lines.length);
      at = edit.end;
    }
    yield* mark(' ', before, at, end);
    shift += growth;
  }
}

/** Edits whose contexts meet are shown together. */
function groupEdits(edits: readonly LineEdit[]): LineEdit[][] {
  const groups: LineEdit[][] = [];
  let current: LineEdit[] | undefined;
  for (const edit of edits) {
    const previous = current?.at(-1);
    if (current !== undefined && previous !== undefined && edit.start - previous.end <= 2 * contextLines) current.push(edit);
    else groups.push((current = [edit]));
  }
  return groups;
}

/** `first,count` from 1; an empty range names the line before it. */
function describeRange(start: number, count: number): string {
  if (count === 0) return `${start},0`;
  return count === 1 ? String(start + 1) : `${start + 1},${count}`;
}

function* mark(sign: ' ' | '-' | '+', lines: readonly string[], start: number, end: number): Generator<string> {
  for (let index = start; index < end; index += 1) {
    const line = lines[index] ?? '';
    if (line.endsWith('\n')) {
      yield sign + line.slice(0, -1);
    } else {
      yield sign + line;
      yield '\\ No newline at end of file';
    }
  }
}
