/** Units of JSON, YAML, TOML, INI and CSV: each line, under the keys or the column names it belongs to. */
import { commentText, rawLine } from './line-forms.ts';
import { commentSyntaxOf } from './source-units.ts';
import { HeadingPath, type Unit, UnitCollector } from './unit.ts';

/** A line that opens a mapping or a list: `"limits": {`, `limits:`, `- steps:`. */
const opening = /^(\s*(?:-\s+)?)(?:"([^"]{1,100})"|([\p{L}\p{N}_][\p{L}\p{N}_.-]{0,100}))\s*:(?:\s*(?:[[{]|[|>][-+]?))?$/u;
const keyLine = /^(\s*(?:-\s+)?)(?:"[^"]{1,100}"|[\p{L}\p{N}_][\p{L}\p{N}_.-]{0,100})\s*:/u;
const section = /^\[{1,2}([^[\]]{1,200})\]{1,2}\s*$/;

export function dataUnits(path: string, lines: string[]): Unit[] {
  const collector = new UnitCollector(path);
  const keys = new HeadingPath();
  const { line: comment } = commentSyntaxOf(path);
  lines.forEach((raw, index) => {
    const line = index + 1;
    if (comment.test(raw)) {
      collector.add([{ line, text: commentText(raw) }], keys.path(), 'whole');
      return;
    }
    const table = section.exec(raw);
    const opened = opening.exec(raw.trimEnd());
    const key = keyLine.exec(raw);
    let above = keys.path();
    if (table !== null) above = keys.enter(1, table[1] ?? '');
    else if (opened !== null) above = keys.enter(indentOf(opened), opened[2] ?? opened[3] ?? '');
    else if (key !== null) above = keys.enter(indentOf(key), '');
    collector.add([{ line, text: rawLine(raw) }], above, 'line');
  });
  return collector.units;
}

/** Deeper lines are lower headings; the level starts at 2, below a `[section]`. */
function indentOf(match: RegExpExecArray): number {
  return (match[1] ?? '').replace(/\t/g, '  ').length + 2;
}

/** The first row names the columns of all others. */
export function csvUnits(path: string, lines: string[]): Unit[] {
  const collector = new UnitCollector(path);
  const header = lines[0]?.trim().slice(0, 500) ?? '';
  lines.forEach((raw, index) => {
    collector.add([{ line: index + 1, text: rawLine(raw) }], index === 0 || header === '' ? null : header, 'line');
  });
  return collector.units;
}
